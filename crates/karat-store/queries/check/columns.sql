select a.attname::text,
       t.typname::text,
       format_type(a.atttypid, a.atttypmod),
       t.typcategory = 'S',
       coalesce(array_position(i.indkey::int2[], a.attnum), -1)::int4
from pg_attribute a
join pg_type t on t.oid = a.atttypid
left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
where a.attrelid = to_regclass($1)
  and a.attnum > 0
  and not a.attisdropped
order by a.attnum
