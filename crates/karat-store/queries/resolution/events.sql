-- The life of an entity and of those that continue it, in the order of time.
with recursive line (id, place) as (
    select e.id, 1 from karat.entity e where e.entity = $1 and e.id = $2::text::uuid
    union
    select e.continued_by, l.place + 1
    from line l
    join karat.entity e on e.id = l.id
    where e.retired_at is not null and e.continued_by is not null
)
select to_char(v.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
       v.entity_id::text as id, v.run, v.event, v.source, v.key, v.other::text as other,
       v.score, v.tier, v.decision, d.verdict, d.undone_at is not null as undone,
       d.decided_by, d.reason
from karat.event v
join line l on l.id = v.entity_id
left join karat.decision d on d.id = v.decision
-- As an array, so that each part of the view looks in its index.
where v.entity_id = any (array(select id from line))
order by l.place,
         v.at nulls first,
         array_position(array['created', 'revived', 'joined', 'split', 'left', 'merged', 'retired'],
                        v.event),
         v.source collate "C",
         v.key collate "C",
         v.other
