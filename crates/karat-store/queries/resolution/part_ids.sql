-- Entities that the part had, or will have.
insert into karat_ids (id)
select m.id
from was_members m
union
select w.id
from wanted_members w
where $1 <> ''
