-- The key columns of each unique index of all rows or of all current versions; columns that it
-- merely includes do not make a row unique.
select array(select a.attname::text
             from unnest(i.indkey::int2[]) with ordinality k (number, place)
             join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
             where k.place <= i.indnkeyatts
             order by k.place),
       i.indpred is not null
from pg_index i
join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1
  and c.relname = $2
  and i.indisunique
  and i.indisvalid
  and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = '(karat_to IS NULL)')
  and i.indexprs is null
order by i.indexrelid::regclass::text
