-- What the last manifest lists, and the manifest itself; or all that one run made.
with last as (
    select m.id, m.made_from -> 'files' as files
    from karat.output m
    where m.kind = 'manifest'
    order by m.run desc
    limit 1
),
wanted as (
    select l.id
    from last l
    where $1::bigint is null
    union all
    select o.id
    from last l
    cross join jsonb_to_recordset(l.files) as f (run bigint, name text)
    join karat.output o on o.run = f.run and o.name = f.name
    where $1::bigint is null
    union all
    select o.id
    from karat.output o
    where o.run = $1
)
select o.id::text, o.run, o.name, o.output, o.kind, o.sha256, o.bytes, o.content_type, o.rows,
       o.made_from::text,
       to_char(o.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as created_at
from wanted w
join karat.output o on o.id = w.id
order by o.output collate "C", o.name collate "C"
