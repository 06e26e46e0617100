-- Asks to cancel a job: one that runs ends at its next chance, any other at once. One that was given
-- up needs nobody any more then.
update karat.job
set cancel_asked_at = coalesce(cancel_asked_at, clock_timestamp()),
    cancel_asked_by = coalesce(cancel_asked_by, $2),
    state = case when state = 'running' then state else 'cancelled' end,
    finished_at = case when state = 'running' then finished_at else clock_timestamp() end
where id = $1
  and state in ('waiting', 'available', 'scheduled', 'running', 'retryable', 'discarded')
returning state
