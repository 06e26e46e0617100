-- What a table demands of its rows: checks and references, in the order of their names. A check
-- that reads no column at all is left out.
select con.contype::text as kind,
       con.conname::text as name,
       pg_get_expr(con.conbin, con.conrelid) as condition,
       array(select a.attname::text
             from unnest(con.conkey) with ordinality k (number, place)
             join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.number
             order by k.place) as columns,
       fn.nspname::text as other_schema,
       fc.relname::text as other_table,
       array(select a.attname::text
             from unnest(con.confkey) with ordinality k (number, place)
             join pg_attribute a on a.attrelid = con.confrelid and a.attnum = k.number
             order by k.place) as other_columns
from pg_constraint con
join pg_class c on c.oid = con.conrelid
join pg_namespace n on n.oid = c.relnamespace
left join pg_class fc on fc.oid = con.confrelid
left join pg_namespace fn on fn.oid = fc.relnamespace
where n.nspname = $1
  and c.relname = $2
  and con.contype in ('c', 'f')
  and cardinality(con.conkey) > 0
order by con.contype, con.conname
