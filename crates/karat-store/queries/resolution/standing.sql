select e.id::text, e.entity, e.retired_at is not null, karat.current_id(e.id)::text
from karat.entity e
where e.id = $1::text::uuid
