-- Uploads, the last first, from below a number on.
select u.id, u.sha256, u.name, u.bytes, u.uploaded_by, u.dataset, u.job, j.state,
       extract(epoch from now() - u.uploaded_at)::float8 as age,
       to_char(u.uploaded_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as at,
       (select count(*) from karat.upload o where o.sha256 = u.sha256) as times
from karat.upload u
left join karat.job j on j.id = u.job
where ($1::bigint is null or u.id < $1)
  and ($2::bigint is null or u.id = $2)
order by u.id desc
limit $3
