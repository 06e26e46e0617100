-- A new job; or the one of the same key that has not ended, and false.
with new as (
    insert into karat.job (kind, args, queue, priority, state, run_at, max_attempts, time_limit,
                           unique_key, lane, parents, requested_by, interface)
    values ($1, $2::text::jsonb, $3, $4,
            case when $10::bigint[] <> '{}' then 'waiting'
                 when $5::float8 > 0 then 'scheduled'
                 else 'available' end,
            clock_timestamp() + $5::float8 * interval '1 second', $6,
            $7::float8 * interval '1 second', $8, $9, $10, $11, $12)
    on conflict (unique_key)
        where state in ('waiting', 'available', 'scheduled', 'running', 'retryable')
        do nothing
    returning id
)
select id, true as is_new
from new
union all
select j.id, false
from karat.job j
where j.unique_key = $8
  and j.state in ('waiting', 'available', 'scheduled', 'running', 'retryable')
  and not exists (select from new)
