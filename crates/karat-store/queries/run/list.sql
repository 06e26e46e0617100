-- Runs, the last first, from below a number on; each with its steps.
select r.id, r.command, r.status, r.error,
       to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as started,
       extract(epoch from now() - r.started_at)::float8 as age,
       extract(epoch from coalesce(r.finished_at, now()) - r.started_at)::float8 as took,
       coalesce(s.names, '{}') as names,
       coalesce(s.statuses, '{}') as statuses,
       coalesce(s.seconds, '{}') as seconds
from karat.run r
left join lateral (select array_agg(s.name order by s.started_at, s.name) as names,
                          array_agg(s.status order by s.started_at, s.name) as statuses,
                          array_agg(extract(epoch from coalesce(s.finished_at, now())
                                                       - s.started_at)::float8
                                    order by s.started_at, s.name) as seconds
                   from karat.step s
                   where s.run = r.id) s on true
where $1::bigint is null
   or r.id < $1
order by r.id desc
limit $2
