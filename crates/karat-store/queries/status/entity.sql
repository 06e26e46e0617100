-- How an entity stands, from what is kept of it.
select to_char(r.resolved_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as resolved_at,
       extract(epoch from now() - r.resolved_at)::float8 as age,
       r.settings, r.model,
       r.summary::text as summary,
       (select count(*) from karat.change c where c.entity = $1::text) as changes,
       karat.to_review($1) as reviews
from karat.resolution r
where r.entity = $1
