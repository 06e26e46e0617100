-- The records of an entity, by its id or one that it continues.
with recursive chain as (
    select e.id, e.retired_at, e.continued_by
    from karat.entity e
    where e.entity = $1 and e.id = $2::text::uuid
    union
    select e.id, e.retired_at, e.continued_by
    from chain c
    join karat.entity e on e.id = c.continued_by
    where c.retired_at is not null
)
select m.source, m.key
from karat.membership m
where m.entity = $1
  and m.id = (select id from chain where retired_at is null limit 1)
order by m.source collate "C", m.key collate "C"
