-- The last run that a fixed row failed in is the one of its check before.
update karat.check_failure f
set state = 'fixed',
    last_run = greatest(f.last_run, before.run)
from unnest($2::text[]) c (name)
left join lateral (
    select max(r.run) as run
    from karat.check_result r
    where r.suite = $1 and r."check" = c.name and r.run < $3 and r.verdict <> 'error'
) before on true
where f.suite = $1
  and f."check" = c.name
  and f.state <> 'fixed'
  and not exists (select from karat_failing n where n."check" = f."check" and n.key = f.key)
