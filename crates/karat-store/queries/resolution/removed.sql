insert into karat.history (entity, entity_id, event, source, key, since, since_run, score, tier)
select m.entity, m.id, 'removed', m.source, m.key, m.since, m.run, m.score, m.tier
from was_members m
where m.entity = $1
  and not exists (select 1
                  from wanted_members w
                  where w.source = m.source and w.key = m.key)
order by m.source collate "C", m.key collate "C"
