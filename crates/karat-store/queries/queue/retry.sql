-- Lets a job begin anew, with all its attempts: one that was given up or cancelled, or one that waits
-- for its next attempt. Those that were cancelled because it was not completed wait for it again.
with recursive lost as (
    select $1::bigint as id
    union
    select j.id
    from lost
    join karat.job j on j.parents @> array[lost.id] and j.parents <> '{}'
    where j.state = 'cancelled'
      and j.cancel_asked_at is null
), begun as (
    update karat.job
    set state = case when parents <> '{}' and state in ('discarded', 'cancelled') then 'waiting'
                     else 'available' end,
        finished_at = null,
        failures = 0,
        run_at = clock_timestamp(),
        cancel_asked_at = null,
        cancel_asked_by = null,
        requested_by = coalesce($2, requested_by)
    where id = $1
      and state in ('discarded', 'cancelled', 'retryable', 'scheduled')
    returning id, state
), revived as (
    update karat.job j
    set state = 'waiting', finished_at = null, error = null
    from lost
    where j.id = lost.id
      and j.id <> $1
      and j.state = 'cancelled'
      and exists (select from begun)
)
select state from begun
