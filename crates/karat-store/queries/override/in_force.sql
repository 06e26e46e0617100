select f.home, f.id, f.entity_id::text as of_id, f.field, f."values", f.decided_by,
       to_char(f.decided_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at, f.reason
from karat.override_in_force f
where f.entity = $1
  and f.home is not null
order by f.id desc
