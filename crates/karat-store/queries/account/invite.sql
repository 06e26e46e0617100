insert into karat.invitation (digest, role, account, created_by, ends_at)
select $1, coalesce(a.role, $2), a.id, $4, now() + interval '3 days'
from (select) none
left join karat.account a on a.id = $3
where a.id is not null or $3::bigint is null
