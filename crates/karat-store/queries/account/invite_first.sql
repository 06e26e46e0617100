-- The link for the first admin; those before it are void.
with void as (
    delete from karat.invitation where account is null and created_by is null and used_at is null
)
insert into karat.invitation (digest, role, ends_at)
values ($1, 'admin', now() + interval '1 day')
