delete from karat.term_field t
using karat.model m, karat.model now
where now.id = $1
  and m.entity = now.entity
  and m.id <= now.id
  and t.model = m.id
