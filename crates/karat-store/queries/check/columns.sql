select a.attname::text,
       t.typname::text,
       format_type(a.atttypid, a.atttypmod),
       t.typcategory = 'S',
       coalesce(array_position(i.indkey::int2[], a.attnum), -1)::int4,
       coalesce(l.collisdeterministic, true),
       (case when c.reltuples <= 0 then null
             when s.n_distinct < 0 then -s.n_distinct * c.reltuples
             when s.n_distinct > 0 then s.n_distinct end)::float8,
       c.reltuples::float8,
       u.columns::text
from pg_class c
join pg_attribute a on a.attrelid = c.oid
join pg_type t on t.oid = a.atttypid
left join pg_collation l on l.oid = a.attcollation
left join pg_index i on i.indrelid = c.oid and i.indisprimary
left join pg_stats s on s.schemaname = $2
                     and s.tablename = $3
                     and s.attname = a.attname
                     and s.inherited = (c.relkind = 'p')
-- Unique indexes over columns alone, as the columns' own types compare.
cross join (
    select coalesce(jsonb_agg(k.columns order by x.indexrelid), '[]') as columns
    from pg_index x
    cross join lateral (
        select jsonb_agg(y.attname order by p.at) as columns, bool_and(o.opcdefault) as is_usual,
               bool_and(x.indcollation[p.at - 1] in (0, y.attcollation)) as is_own
        from unnest(x.indkey::int2[]) with ordinality p (attnum, at)
        join pg_attribute y on y.attrelid = x.indrelid and y.attnum = p.attnum
        join pg_opclass o on o.oid = x.indclass[p.at - 1]
        where p.at <= x.indnkeyatts
    ) k
    where x.indrelid = to_regclass($1)
      and x.indisunique and x.indisvalid and x.indimmediate
      and x.indpred is null and x.indexprs is null
      and k.is_usual and k.is_own
) u
where c.oid = to_regclass($1)
  and a.attnum > 0
  and not a.attisdropped
order by a.attnum
