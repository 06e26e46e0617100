select id, secret
from karat.link_key
where retires_at is null
order by id desc
limit 1
