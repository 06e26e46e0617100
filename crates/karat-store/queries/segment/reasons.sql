select coalesce("column", '') as "column", rule, count(*) as rows, min(line) as line,
       (array_agg(message order by line))[1] as message
from karat.reject
where load = $1
group by 1, 2
order by 1, 2
