update karat.link_key
set retires_at = to_timestamp($1::bigint)
where retires_at is null or retires_at > to_timestamp($1::bigint)
