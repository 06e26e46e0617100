with wanted as (
    select distinct id from wanted_members
), revived as (
    insert into karat.history (entity, entity_id, event)
    select e.entity, e.id, 'revived'
    from karat.entity e
    join wanted using (id)
    where e.retired_at is not null
)
insert into karat.entity (id, entity)
select id, $1 from wanted
on conflict (id) do update
    set retired_at = null, continued_by = null
    where karat.entity.retired_at is not null
