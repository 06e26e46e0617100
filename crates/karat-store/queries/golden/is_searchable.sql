-- Whether an index is there and whole.
select exists (select 1
               from pg_index i
               join pg_class c on c.oid = i.indexrelid
               join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = $1 and c.relname = $2 and i.indisvalid)
