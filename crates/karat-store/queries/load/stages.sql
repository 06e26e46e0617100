-- Stages of loads that cannot go on.
select c.relname::text
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'karat'
  and c.relkind = 'r'
  and c.relname ~ '^stage_[0-9]+$'
  and not exists (select 1
                  from karat.load_segment s
                  where s.table_name is null
                    and c.relname = 'stage_' || s.load)
