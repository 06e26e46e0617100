-- The records of an entity, by its id or one that leads to it.
select m.source, m.key
from karat.membership m
where m.entity = $1 and m.id = karat.current_id($2::text::uuid)
order by m.source collate "C", m.key collate "C"
