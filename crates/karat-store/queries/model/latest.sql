select id, model::text
from karat.model
where entity = $1
order by id desc
limit 1
