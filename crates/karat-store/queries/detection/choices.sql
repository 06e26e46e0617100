select header, dataset, times, chosen_at::text as chosen_at, command
from karat.detection
where header = any($1)
order by header, dataset
