-- What was said of an id that has been merged away since is about the entity that it leads to.
insert into karat_changed (source, key)
select c.source, c.key
from karat.change c
where c.entity = $1
  and c.role = 'source'
  and pg_visible_in_snapshot(c.xact, $2::text::pg_snapshot)
union
select m.source, m.key
from karat.change c
left join karat.entity e on e.id = c.key::uuid and e.retired_at is not null
join karat.membership m
    on m.id = case when e.id is null then c.key::uuid else karat.current_id(e.id) end
where c.entity = $1
  and c.role = 'golden'
  and m.entity = $1
  and pg_visible_in_snapshot(c.xact, $2::text::pg_snapshot)
