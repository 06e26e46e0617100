-- Pairs that nobody decided, or those that somebody was unsure about; first those of which a
-- decision changes most: by how uncertain they are, times
-- the records of the two entities, or of the one that a bridge holds together. Evidence that
-- something contradicts is as uncertain as can be.
with waiting as (
    select v.*, d.verdict is not null as unsure
    from karat.evidence v
    left join lateral (select d.verdict
                       from karat.decision d
                       where d.entity = v.entity
                         and d.undone_at is null
                         and ((d.source_a, d.key_a, d.source_b, d.key_b)
                              = (v.source_a, v.key_a, v.source_b, v.key_b)
                              or (d.source_b, d.key_b, d.source_a, d.key_a)
                              = (v.source_a, v.key_a, v.source_b, v.key_b))
                       order by d.id desc
                       limit 1) d on true
    where v.verdict = 'review'
      and (d.verdict is null or d.verdict = 'unsure')
      and ($1::text is null or v.entity = $1)
), weighed as (
    select w.*, (select count(*) from karat.membership m where m.id = a.id) as records_a,
           (select count(*) from karat.membership m where m.id = b.id and b.id <> a.id)
               as records_b,
           case when w.reason not in ('weak', 'bridge') then 1
                when w.weight is null then 4 * (w.score / 100.0) * (1 - w.score / 100.0)
                else 4 / ((1 + 2 ^ -least(greatest(w.weight, -60), 60))
                          * (1 + 2 ^ least(greatest(w.weight, -60), 60)))
           end as uncertainty
    from waiting w
    join karat.membership a
        on a.entity = w.entity and a.source = w.source_a and a.key = w.key_a
    join karat.membership b
        on b.entity = w.entity and b.source = w.source_b and b.key = w.key_b
    where w.unsure = $3
)
select entity, source_a, key_a, source_b, key_b, score, tier, reason, records_a, records_b,
       count(*) over () as total,
       (select count(*) from waiting where unsure) as unsure
from weighed
order by uncertainty * (records_a + records_b) desc, score desc,
         entity, source_a, key_a, source_b, key_b
limit $2
