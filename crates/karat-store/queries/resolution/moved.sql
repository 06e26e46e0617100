insert into karat.history (entity, entity_id, event, source, key, other)
select m.entity, m.id, 'moved', m.source, m.key, w.id
from was_members m
join wanted_members w using (entity, source, key)
where m.entity = $1
  and m.id <> w.id
order by m.source collate "C", m.key collate "C"
