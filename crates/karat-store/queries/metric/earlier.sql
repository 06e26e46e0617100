select (day - date '1970-01-01')::int, value::text, anomalous
from karat.metric
where suite = $1
  and "check" = $2
  and settings = $3
  and day < date '1970-01-01' + $4::int
  and day >= date '1970-01-01' + $4::int - $5::int
order by run
