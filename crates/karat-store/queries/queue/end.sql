-- The end of an attempt, if it is in force; $10: only if its lease ran out. What a cancelled job would
-- have gone on with it does not.
with freed as (
    delete from karat.lease
    where job = $1
      and attempt = $2
      and worker = $3
      and (not $10 or until < clock_timestamp())
    returning job, progress
), over as (
    update karat.job j
    set state = became.state,
        finished_at = case when became.state in ('completed', 'discarded', 'cancelled')
                           then clock_timestamp() end,
        failures = least(j.failures + $5, j.max_attempts),
        run_at = case when $6::float8 is null then j.run_at
                      else clock_timestamp() + $6::float8 * interval '1 second' end,
        progress = freed.progress,
        result = $7::text::jsonb,
        error = $8,
        errors = case when $9::text is null then j.errors
                      else j.errors || ($9::text::jsonb || jsonb_build_object(
                          'at', to_char(clock_timestamp() at time zone 'UTC',
                                        'YYYY-MM-DD"T"HH24:MI:SS"Z"'))) end
    from freed
    cross join lateral (select case when j0.cancel_asked_at is not null
                                         and $4 in ('available', 'scheduled', 'retryable')
                                    then 'cancelled' else $4 end as state
                        from karat.job j0
                        where j0.id = freed.job) became
    where j.id = freed.job
      and j.attempt = $2
      and j.worker = $3
      and j.state = 'running'
    returning j.id, j.state
), broken_off as (
    update karat.run r
    set status = 'abandoned', finished_at = clock_timestamp(), error = coalesce($8, 'it was broken off')
    from over
    where r.job = over.id
      and r.attempt = $2
      and r.status = 'running'
    returning r.id
), steps as (
    update karat.step s
    set status = 'failed', finished_at = clock_timestamp()
    from broken_off
    where s.run = broken_off.id and s.status = 'running'
)
select state from over
