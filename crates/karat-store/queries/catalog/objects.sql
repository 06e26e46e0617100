-- Everything that a project can declare, with a text that changes when the object does.
-- $1: the schemas to look into.
with spaces as (
    select oid, nspname from pg_namespace where nspname = any ($1)
), from_extension as (
    select classid, objid from pg_depend where deptype = 'e'
), relations as (
    select c.oid, n.nspname, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity
    from pg_class c
    join spaces n on n.oid = c.relnamespace
    where not exists (select 1 from from_extension e
                      where e.classid = 'pg_class'::regclass and e.objid = c.oid)
)
select 'schema' as kind, null as schema, n.nspname::text as name, null as on_schema,
       null as on_name, null as args, '' as definition, true as sound
from spaces n
union all
select 'table', r.nspname::text, r.relname::text, null, null, null,
       concat_ws(E'\n',
           (select string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                                        case when a.attnotnull then 'not null' end,
                                        case when a.attidentity <> '' then 'identity' end,
                                        case when a.attgenerated <> '' then 'generated' end,
                                        pg_get_expr(d.adbin, d.adrelid)),
                              E'\n' order by a.attname)
            from pg_attribute a
            left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
              and a.attname not in ('karat_load', 'karat_row')),
           (select string_agg(pg_get_constraintdef(k.oid), E'\n' order by pg_get_constraintdef(k.oid))
            from pg_constraint k
            where k.conrelid = r.oid and k.contype in ('c', 'f', 'p', 'u', 'x')),
           case when r.relrowsecurity then 'row level security' end,
           case when r.relforcerowsecurity then 'forced' end),
       true
from relations r
where r.relkind in ('r', 'p', 'f')
union all
select case r.relkind when 'v' then 'view' else 'materialized view' end,
       r.nspname::text, r.relname::text, null, null, null, pg_get_viewdef(r.oid), true
from relations r
where r.relkind in ('v', 'm')
union all
select 'sequence', r.nspname::text, r.relname::text, null, null, null, '', true
from relations r
where r.relkind = 'S'
  and not exists (select 1 from pg_depend d
                  where d.classid = 'pg_class'::regclass and d.objid = r.oid
                    and d.deptype in ('a', 'i'))
union all
select 'index', r.nspname::text, r.relname::text, tn.nspname::text, t.relname::text, null,
       pg_get_indexdef(i.indexrelid), i.indisvalid
from relations r
join pg_index i on i.indexrelid = r.oid
join pg_class t on t.oid = i.indrelid
join pg_namespace tn on tn.oid = t.relnamespace
where not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid
                                                  and k.contype in ('p', 'u', 'x'))
union all
select 'function', n.nspname::text, p.proname::text, null, null,
       coalesce((select string_agg(format_type(a.kind, null), ', ' order by a.place)
                 from unnest(p.proargtypes) with ordinality a (kind, place)), ''),
       case when p.prokind in ('f', 'p', 'w') then pg_get_functiondef(p.oid) else '' end, true
from pg_proc p
join spaces n on n.oid = p.pronamespace
where not exists (select 1 from from_extension e
                  where e.classid = 'pg_proc'::regclass and e.objid = p.oid)
union all
select 'trigger', null, g.tgname::text, r.nspname::text, r.relname::text, null,
       pg_get_triggerdef(g.oid), g.tgenabled <> 'D'
from pg_trigger g
join relations r on r.oid = g.tgrelid
join pg_proc p on p.oid = g.tgfoid
join pg_namespace n on n.oid = p.pronamespace
where not g.tgisinternal
  and n.nspname <> 'karat'
union all
select 'policy', null, p.policyname::text, p.schemaname::text, p.tablename::text, null,
       concat_ws(E'\n', p.permissive, p.roles::text, p.cmd, p.qual, p.with_check), true
from pg_policies p
where p.schemaname = any ($1)
union all
select 'type', n.nspname::text, t.typname::text, null, null, null,
       case t.typtype
           when 'e' then (select string_agg(e.enumlabel, E'\n' order by e.enumsortorder)
                          from pg_enum e where e.enumtypid = t.oid)
           when 'd' then concat_ws(' ', format_type(t.typbasetype, t.typtypmod), t.typdefault,
                                   case when t.typnotnull then 'not null' end)
           else (select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod),
                                   E'\n' order by a.attnum)
                 from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0)
       end, true
from pg_type t
join spaces n on n.oid = t.typnamespace
left join pg_class c on c.oid = t.typrelid
where (t.typtype in ('e', 'd', 'r') or t.typtype = 'c' and c.relkind = 'c')
  and not exists (select 1 from from_extension e
                  where e.classid = 'pg_type'::regclass and e.objid = t.oid)
union all
select 'extension', null, x.extname::text, null, null, null, '', true
from pg_extension x
union all
select 'role', null, x.rolname::text, null, null, null, '', true
from pg_roles x
