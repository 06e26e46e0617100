select run,
       ((at at time zone 'UTC')::date - date '1970-01-01')::int,
       to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       actual,
       bad,
       verdict
from karat.objective_result
where file = $1
  and objective = $2
  and part = ''
  and run < $3
  and at <= $4::text::timestamptz
  and (at at time zone 'UTC')::date
      > (($4::text::timestamptz) at time zone 'UTC')::date - $5::int
order by at, run
