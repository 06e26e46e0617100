-- One line per column and constraint of a table; Karat's own columns left out.
select concat_ws(' ', 'column', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                 case when a.attnotnull then 'not null' end,
                 case when a.attidentity <> '' then 'identity' end,
                 case when a.attgenerated <> '' then 'generated as' else 'default' end
                     || ' ' || pg_get_expr(d.adbin, d.adrelid)) as line
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where n.nspname = $1
  and c.relname = $2
  and a.attnum > 0
  and not a.attisdropped
  and a.attname not in ('karat_load', 'karat_row')
union all
select concat('constraint ', pg_get_constraintdef(k.oid))
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1
  and c.relname = $2
  and k.contype in ('c', 'f', 'p', 'u', 'x')
order by line
