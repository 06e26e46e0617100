insert into karat_changed (source, key)
select c.source, c.key
from karat.change c
where c.entity = $1
  and c.role = 'source'
  and pg_visible_in_snapshot(c.xact, $2::text::pg_snapshot)
union
select m.source, m.key
from karat.change c
join karat.membership m on m.id = c.key::uuid
where c.entity = $1
  and c.role = 'golden'
  and m.entity = $1
  and pg_visible_in_snapshot(c.xact, $2::text::pg_snapshot)
