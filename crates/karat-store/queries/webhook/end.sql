-- Ends a webhook; what waits to be told to it is not.
with ended as (
    update karat.webhook
    set ended_at = clock_timestamp(), secret = null
    where id = $1 and ended_at is null
    returning id
), forgotten as (
    update karat.job j
    set state = 'cancelled', finished_at = clock_timestamp()
    from ended e
    where j.kind = 'webhook'
      and j.state in ('available', 'scheduled', 'retryable')
      and j.args -> 'webhook' = to_jsonb(e.id)
)
select from ended
