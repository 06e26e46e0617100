-- Whose session this is, if it has not ended: 12 hours after it was last used, 7 days after it began.
select a.id, a.name, a.role, s.seen_at < now() - interval '1 minute' as stale
from karat.session s
join karat.account a on a.id = s.account
where s.digest = $1
  and s.seen_at > now() - interval '12 hours'
  and s.began_at > now() - interval '7 days'
  and a.disabled_at is null
