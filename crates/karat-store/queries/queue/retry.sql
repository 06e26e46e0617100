-- Lets a job begin anew, with all its attempts: one that was given up or cancelled, or one that waits
-- for its next attempt.
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
returning state
