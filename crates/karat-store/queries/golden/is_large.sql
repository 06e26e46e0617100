-- Whether a table has so many rows that an index pays.
select c.reltuples > 20000
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relname = $2
