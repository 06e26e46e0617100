-- Lets jobs begin whose time has come or whose parents are completed, and gives up those one of
-- whose parents never will be. All workers do so; it does not matter which of them is first.
with judged as (
    select w.id, p.completed = cardinality(w.parents) as may_begin, p.lost
    from karat.job w
    cross join lateral (
        select count(*) filter (where j.state = 'completed') as completed,
               min(j.id) filter (where j.state in ('discarded', 'cancelled')) as lost
        from karat.job j
        where j.id = any(w.parents)
    ) p
    where w.state = 'waiting'
), released as (
    update karat.job j
    set state = case when not judged.may_begin then 'cancelled'
                     when j.run_at > clock_timestamp() then 'scheduled'
                     else 'available' end,
        finished_at = case when not judged.may_begin then clock_timestamp() end,
        error = case when not judged.may_begin
                     then 'job ' || judged.lost || ', for which it waited, was not completed' end
    from judged
    where j.id = judged.id
      and j.state = 'waiting'
      and (judged.may_begin or judged.lost is not null)
), due as (
    select j.id
    from karat.job j
    where j.state in ('scheduled', 'retryable')
      and j.run_at <= statement_timestamp()
    order by j.run_at
    limit 1000
    for update skip locked
)
update karat.job j
set state = 'available'
from due
where j.id = due.id
