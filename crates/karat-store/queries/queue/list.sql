-- A page of jobs, the last first.
select j.id, j.kind, j.queue, j.priority, j.state, j.attempt, j.failures, j.max_attempts, j.worker,
       j.requested_by, j.interface, j.cancel_asked_by, j.error, j.args::text as args,
       j.result::text as result, j.errors::text as errors, j.parents, j.lane, j.unique_key,
       coalesce(l.progress, j.progress)::text as progress,
       extract(epoch from j.time_limit)::float8 as time_limit,
       extract(epoch from l.until - clock_timestamp())::float8 as lease_left,
       to_char(j.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as created_at,
       to_char(j.run_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as run_at,
       to_char(j.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as started_at,
       to_char(j.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as finished_at,
       extract(epoch from coalesce(j.finished_at, clock_timestamp()) - j.started_at)::float8 as took,
       array(select r.id from karat.run r where r.job = j.id order by r.id) as runs
from karat.job j
left join karat.lease l on l.job = j.id and l.attempt = j.attempt
where ($1::text is null or j.state = $1)
  and ($2::text is null or j.kind = $2)
  and ($3::bigint is null or j.id < $3)
  and ($4::bigint is null or j.id = $4)
order by j.id desc
limit $5
