insert into karat.model (entity, run, origin, model)
values ($1, $2, $3, $4::text::jsonb)
returning id
