-- Pairs that nobody decided, or those that somebody was unsure about. Of the two hundred that are
-- most uncertain, or as many as are asked for, first those of which a decision changes most: by how
-- uncertain they are, times the records of the two entities, or of the one that a bridge holds
-- together.
with likely as materialized (
    (select u.entity, u.source_a, u.key_a, u.source_b, u.key_b, u.score, u.tier, u.reason,
            karat.uncertainty(u.reason, u.weight, u.score) as uncertainty
     from karat.undecided u
     where not $3 and ($1::text is null or u.entity = $1)
     order by karat.uncertainty(u.reason, u.weight, u.score) desc
     limit greatest(200, $2))
    union all
    (select d.entity, d.source_a, d.key_a, d.source_b, d.key_b, d.score, d.tier, d.reason,
            karat.uncertainty(d.reason, d.weight, d.score)
     from karat.decided d
     where $3 and d.decision = 'unsure' and ($1 is null or d.entity = $1)
     order by karat.uncertainty(d.reason, d.weight, d.score) desc
     limit greatest(200, $2))
)
select l.entity, l.source_a, l.key_a, l.source_b, l.key_b, l.score, l.tier, l.reason,
       ra.records as records_a, rb.records as records_b
from likely l
join karat.membership a on a.entity = l.entity and a.source = l.source_a and a.key = l.key_a
join karat.membership b on b.entity = l.entity and b.source = l.source_b and b.key = l.key_b
cross join lateral (select count(*) as records from karat.membership m where m.id = a.id) ra
cross join lateral (select count(*) as records
                    from karat.membership m
                    where m.id = b.id and b.id <> a.id) rb
order by l.uncertainty * (ra.records + rb.records) desc, l.score desc,
         l.entity, l.source_a, l.key_a, l.source_b, l.key_b
limit $2
