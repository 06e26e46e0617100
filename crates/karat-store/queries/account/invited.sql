-- What a link is good for, while it is.
select i.role, a.name
from karat.invitation i
left join karat.account a on a.id = i.account
where i.digest = $1
  and i.used_at is null
  and i.ends_at > now()
