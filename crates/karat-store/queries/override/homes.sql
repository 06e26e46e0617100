insert into karat_homes (id, home)
select id, home
from karat.override_in_force
where entity = $1
