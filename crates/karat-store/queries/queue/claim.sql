-- The next job, begun: the attempt that it returns is the token of whoever asked.
with next as (
    select j.id
    from karat.job j
    where j.state = 'available'
      and ($3::text[] is null or j.queue = any($3))
      and j.kind = any($4)
      and (j.lane is null
           or j.lane not in (select r.lane
                             from karat.job r
                             where r.state = 'running' and r.lane is not null))
    order by j.priority desc, j.id
    limit 1
    for update skip locked
), begun as (
    update karat.job j
    set state = 'running',
        attempt = j.attempt + 1,
        worker = $1,
        started_at = clock_timestamp(),
        progress = null
    from next
    where j.id = next.id
    returning j.*
), leased as (
    insert into karat.lease (job, attempt, worker, until)
    select id, attempt, worker, clock_timestamp() + $2::float8 * interval '1 second'
    from begun
)
select id, kind, args::text as args, attempt, failures, max_attempts, requested_by, interface,
       extract(epoch from time_limit)::float8 as time_limit
from begun
