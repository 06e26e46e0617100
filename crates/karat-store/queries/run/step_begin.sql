insert into karat.step (run, name, status)
values ($1, $2, 'running')
on conflict (run, name) do update
    set attempt = karat.step.attempt + 1,
        status = 'running',
        started_at = clock_timestamp(),
        finished_at = null
returning attempt
