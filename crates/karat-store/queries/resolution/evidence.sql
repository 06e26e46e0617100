-- What holds the records of an entity together: evidence between two of them, and decisions that two
-- are the same.
with members as materialized (
    select m.source, m.key
    from karat.membership m
    where m.entity = $1
      and m.id = $2::text::uuid
), held as (
    select v.source_a, v.key_a, v.source_b, v.key_b, v.score, v.weight, v.tiers, v.reason,
           null::bigint as decision
    from karat.evidence v
    join members a on a.source = v.source_a and a.key = v.key_a
    join members b on b.source = v.source_b and b.key = v.key_b
    where v.entity = $1
    union all
    select d.source_a, d.key_a, d.source_b, d.key_b, null, null, '{}', null, coalesce(d.act, d.id)
    from karat.decision d
    join members a on a.source = d.source_a and a.key = d.key_a
    join members b on b.source = d.source_b and b.key = d.key_b
    where d.entity = $1
      and d.verdict = 'same'
      and d.undone_at is null
)
select h.source_a, h.key_a, h.source_b, h.key_b, h.score, h.weight, h.tiers, h.reason, h.decision,
       count(*) over () as total
from held h
order by h.decision is null, h.weight desc nulls last, h.score desc nulls last,
         h.source_a collate "C", h.key_a collate "C", h.source_b collate "C", h.key_b collate "C",
         h.decision
limit $3
