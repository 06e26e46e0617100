-- Uses a link, once: a new account, or a new password for its account, whose sessions end.
with used as (
    update karat.invitation
    set used_at = now()
    where digest = $1 and used_at is null and ends_at > now()
    returning role, account, created_by
), ended as (
    delete from karat.session s using used u where s.account = u.account
), renewed as (
    update karat.account a
    set password = $3, failures = 0, locked_until = null
    from used u
    where a.id = u.account
    returning a.id
), made as (
    insert into karat.account (name, role, password, created_by)
    select $2, role, $3, created_by from used where account is null
    returning id
)
select id from renewed union all select id from made
