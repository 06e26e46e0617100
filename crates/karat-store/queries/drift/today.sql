-- The sums of the parts that were resolved today since the last resolution of everything.
select d.number, d.counts::text
from karat.drift d
where d.entity = $1
  and not d.whole
  and d.model is not distinct from $2
  and d.settings = $3
  and (d.at at time zone 'UTC')::date = (now() at time zone 'UTC')::date
  and d.number = (select max(l.number) from karat.drift l where l.entity = $1)
