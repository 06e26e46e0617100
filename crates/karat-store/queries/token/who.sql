-- Whose token this is and what it allows, if it has not ended.
select a.id, a.name, a.role, t.role as at_most,
       coalesce(t.used_at < now() - interval '1 minute', true) as stale
from karat.token t
join karat.account a on a.id = t.account
where t.digest = $1
  and t.revoked_at is null
  and t.ends_at > now()
  and a.disabled_at is null
