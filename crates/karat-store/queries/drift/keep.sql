insert into karat.drift (entity, number, run, model, settings, whole, counts)
select $1, coalesce(max(d.number), 0) + 1, $2, $3, $4, $5, $6::text::jsonb
from karat.drift d
where d.entity = $1
