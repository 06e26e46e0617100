-- A token of an account that is not disabled, for so many days; its number.
insert into karat.token (digest, account, name, role, ends_at)
select $1, a.id, $3, $4, clock_timestamp() + make_interval(days => $5)
from karat.account a
where a.id = $2 and a.disabled_at is null
returning id
