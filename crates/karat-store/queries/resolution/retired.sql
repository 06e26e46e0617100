with gone as (
    -- "except" compares sets; an anti join is planned by guesses about fresh tables.
    select e.id
    from was_entities e
    where e.entity = $1
      and e.retired_at is null
    except
    select w.id from wanted_members w
), heir as (
    select distinct on (gone.id) gone.id, w.id as continued_by
    from gone
    join was_members m on m.id = gone.id
    join wanted_members w using (entity, source, key)
    group by gone.id, w.id
    order by gone.id, count(*) desc, w.id
), logged as (
    insert into karat.history (entity, entity_id, event, other)
    select $1, gone.id, 'retired', heir.continued_by
    from gone
    left join heir using (id)
    order by gone.id
)
update karat.entity e
set retired_at = now(), continued_by = heir.continued_by
from gone
left join heir using (id)
where e.id = gone.id
