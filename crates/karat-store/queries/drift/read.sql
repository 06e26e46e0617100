-- The counts to compare: those of the first resolution of everything by the model, or by the
-- declaration where there is none; of the first by today's declaration; and of the last with all
-- that followed.
with mine as (
    select d.*
    from karat.drift d
    where d.entity = $1
      and d.model is not distinct from $2
      and (d.model is not null or d.settings = $3)
), bounds as (
    select min(number) filter (where whole) as first,
           min(number) filter (where whole and settings = $3) as declared,
           max(number) filter (where whole) as last
    from mine
)
select m.whole, m.number = b.first as first, m.number is not distinct from b.declared as declared,
       m.number = b.last as last, m.counts::text as counts,
       to_char(m.at at time zone 'UTC', 'YYYY-MM-DD') as day
from mine m
cross join bounds b
where m.number in (b.first, b.declared)
   or m.number >= b.last
order by m.number
