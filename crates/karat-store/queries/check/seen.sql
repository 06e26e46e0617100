insert into karat.check_failure as f (suite, "check", key, value, state, first_run, last_run)
select $1, "check", key, case when $3 then value end, 'open', $2::bigint, $2::bigint
from karat_failing
on conflict (suite, "check", key) do update
set value = excluded.value,
    last_run = excluded.last_run,
    state = case f.state when 'fixed' then 'open' else f.state end,
    reason = case f.state when 'fixed' then null else f.reason end,
    decided_by = case f.state when 'fixed' then null else f.decided_by end,
    decided_at = case f.state when 'fixed' then null else f.decided_at end
