select c.relname::text
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'karat'
  and c.relkind = 'r'
  and c.relname ~ '^stage_[0-9]+$'
