select secret
from karat.link_key
where id = $1
  and (retires_at is null or retires_at > to_timestamp($2::bigint))
