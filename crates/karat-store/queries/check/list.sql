select key::text, value::text, state, first_run, last_run, reason, count(*) over () as total
from karat.check_failure
where suite = $1
  and "check" = $2
  and ($3 or state <> 'fixed')
order by state, key
limit $4
