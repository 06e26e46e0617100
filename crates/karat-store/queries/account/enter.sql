-- Begins the session of a person who has shown who they are.
with entered as (
    update karat.account
    set failures = 0, locked_until = null
    where id = $1 and disabled_at is null
    returning id
)
insert into karat.session (digest, account, agent)
select $2, id, left($3, 300) from entered
on conflict (digest) do update
set account = excluded.account, began_at = clock_timestamp(), seen_at = clock_timestamp()
