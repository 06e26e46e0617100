select array(select a.attname::text
             from pg_attribute a
             where a.attrelid = i.indrelid and a.attnum = any (i.indkey::int2[])
             order by a.attname::text)
from pg_index i
join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1
  and c.relname = $2
  and i.indisunique
  and i.indisvalid
  and i.indpred is null
  and i.indexprs is null
