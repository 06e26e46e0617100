insert into karat.override (entity, entity_id, field, "values", decided_by, reason)
values ($1, $2::text::uuid, $3, $4, $5, $6)
returning id
