-- Changes what an account may do; the last admin stays one. Without a role it is disabled.
with others as (
    select id
    from karat.account
    where role = 'admin' and disabled_at is null and id <> $1
    limit 1
    for update
), changed as (
    update karat.account
    set role = coalesce($2, role),
        disabled_at = case when $2 is null then now() end
    where id = $1
      and ($2 is not distinct from 'admin' or role <> 'admin' or exists (select from others))
    returning id
), ended as (
    delete from karat.session s using changed c where s.account = c.id and $2 is null
)
select id from changed
