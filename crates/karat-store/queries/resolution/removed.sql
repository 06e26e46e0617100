insert into karat.history (entity, entity_id, event, source, key)
select m.entity, m.id, 'removed', m.source, m.key
from was_members m
where m.entity = $1
  and not exists (select 1
                  from wanted_members w
                  where w.source = m.source and w.key = m.key)
order by m.source collate "C", m.key collate "C"
