select a.attname::text as name,
       t.typname::text as type,
       a.atttypmod as modifier,
       format_type(a.atttypid, a.atttypmod) as declared,
       a.attnotnull and not a.atthasdef and a.attidentity = '' as required,
       a.attnotnull as not_null,
       a.atthasdef or a.attidentity <> '' as has_default,
       a.attgenerated <> '' as generated
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_type t on t.oid = a.atttypid
where n.nspname = $1
  and c.relname = $2
  and c.relkind in ('r', 'p')
  and a.attnum > 0
  and not a.attisdropped
order by a.attnum
