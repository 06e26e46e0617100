-- Forgets jobs that ended long ago: completed and cancelled ones, and later those that were given up.
-- One that another job still waits for stays.
with old as (
    select j.id
    from karat.job j
    where j.finished_at < statement_timestamp() - least($1::float8, $2::float8) * interval '1 second'
      and j.finished_at < statement_timestamp()
                          - case when j.state = 'discarded' then $2::float8 else $1::float8 end
                            * interval '1 second'
      and not exists (select
                      from karat.job w
                      where w.state = 'waiting' and j.id = any(w.parents))
    order by j.finished_at
    limit 1000
    for update skip locked
)
delete from karat.job j
using old
where j.id = old.id
