-- The pairs on record by the whole bits of their match weight.
select floor(weight)::int as "from",
       count(*) filter (where verdict = 'merged') as merged,
       count(*) filter (where verdict = 'review') as review
from karat.evidence
where entity = $1
  and weight between -1000 and 1000
group by 1
order by 1
