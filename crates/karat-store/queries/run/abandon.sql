with broken_off as (
    update karat.run
    set status = 'abandoned', finished_at = clock_timestamp(), error = 'the process ended'
    where status = 'running'
    returning id
), steps as (
    update karat.step s
    set status = 'failed', finished_at = clock_timestamp()
    from broken_off
    where s.run = broken_off.id and s.status = 'running'
), deployments as (
    update karat.deployment
    set status = 'failed', finished_at = clock_timestamp(), error = 'the process ended'
    where status = 'running'
)
select count(*) from broken_off
