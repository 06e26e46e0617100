-- Tokens that have not ended, of one account or of all, the last first.
select t.id, a.name as account, t.name, t.role,
       to_char(t.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as created_at,
       to_char(t.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as ends_at,
       to_char(t.used_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as used_at
from karat.token t
join karat.account a on a.id = t.account
where ($1::bigint is null or t.account = $1)
  and t.revoked_at is null
  and t.ends_at > now()
order by t.id desc
