insert into karat.download (output, name, sha256, person, agent)
select o.id, o.name, o.sha256, $2, left($3, 300)
from karat.output o
where o.id::text = $1
