-- How runs ended in the last week, and how long the last one took that has ended.
select r.command, r.status, count(*) as runs,
       (array_agg(extract(epoch from r.finished_at - r.started_at)::float8 order by r.id desc)
            filter (where r.finished_at is not null))[1] as took
from karat.run r
where r.started_at > now() - interval '7 days'
group by r.command, r.status
order by r.command, r.status
