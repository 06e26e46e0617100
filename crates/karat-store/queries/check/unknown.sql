-- Columns of a large table of which the server has no statistics, or those of a time when the table
-- was not half as large.
select a.attname::text
from pg_class c
join pg_attribute a on a.attrelid = c.oid
left join pg_stats s on s.schemaname = $2 and s.tablename = $3 and s.attname = a.attname
where c.oid = to_regclass($1)
  and c.relkind in ('r', 'm')
  and pg_relation_size(c.oid) > 8 * 1024 * 1024
  and a.attnum > 0
  and not a.attisdropped
  and a.attname = any ($4::text[])
  and (s.attname is null
       or pg_relation_size(c.oid) > c.relpages * 2 * current_setting('block_size')::bigint)
order by a.attnum
