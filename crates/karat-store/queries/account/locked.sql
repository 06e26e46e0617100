select ceil(extract(epoch from a.locked_until - now()))::bigint
from karat.account a
where lower(a.name) = lower($1)
  and a.locked_until > now()
