with old as (
    select m.id
    from karat.model m
    join karat.model now on now.entity = m.entity and m.id <= now.id
    where now.id = $1
), fields as (
    delete from karat.term_field where model in (select id from old)
)
delete from karat.term where model in (select id from old)
