-- Whether a copy into the table can go without write-ahead log: the server writes none for a
-- table truncated in the same transaction, where nothing replicates from it.
select current_setting('wal_level') = 'minimal'
   and has_table_privilege(c.oid, 'truncate')
   and not exists (select 1 from pg_trigger g
                   where g.tgrelid = c.oid and not g.tgisinternal and g.tgtype & 32 <> 0)
   and not exists (select 1 from pg_constraint k
                   where k.confrelid = c.oid and k.contype = 'f')
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1
  and c.relname = $2
  and c.relkind = 'r'
