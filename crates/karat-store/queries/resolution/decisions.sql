select d.source_a, d.key_a, d.source_b, d.key_b, d.verdict = 'same',
       coalesce(d.act, d.id)
from was_decisions d
where d.entity = $1
  and d.undone_at is null
  and d.verdict <> 'unsure'
  and not exists (select 1
                  from karat.decision later
                  where later.entity = d.entity
                    and later.undone_at is null
                    and later.source_a = d.source_a
                    and later.key_a = d.key_a
                    and later.source_b = d.source_b
                    and later.key_b = d.key_b
                    and later.id > d.id)
order by d.id
