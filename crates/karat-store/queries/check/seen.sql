-- A row that fails as it did is left alone: while it is not fixed, it fails in every run of its
-- check.
insert into karat.check_failure as f (suite, "check", key, value, state, first_run, last_run)
select $1, n."check", n.key, n.value, 'open', $2::bigint, $2::bigint
from (select "check", key, case when $3 then value end as value from karat_failing) n
left join karat.check_failure k on k.suite = $1 and k."check" = n."check" and k.key = n.key
where k.key is null
   or k.state = 'fixed'
   or k.value is distinct from n.value
on conflict (suite, "check", key) do update
set value = excluded.value,
    last_run = excluded.last_run,
    state = case f.state when 'fixed' then 'open' else f.state end,
    reason = case f.state when 'fixed' then null else f.reason end,
    decided_by = case f.state when 'fixed' then null else f.decided_by end,
    decided_at = case f.state when 'fixed' then null else f.decided_at end
