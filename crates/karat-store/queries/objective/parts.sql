select part, actual, judged, good, error
from karat.objective_result
where run = $1
  and file = $2
  and objective = $3
  and part <> ''
order by part
