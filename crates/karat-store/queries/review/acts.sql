select coalesce(d.act, d.id) as act, d.entity, d.verdict, d.decided_by,
       to_char(min(d.decided_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at,
       max(d.reason) as reason, count(*) as pairs, max(d.undone_by) as undone_by,
       (array_agg(d.source_a || ':' || d.key_a order by d.id))[1] as a,
       (array_agg(d.source_b || ':' || d.key_b order by d.id))[1] as b,
       null as id, null as field, null::text[] as "values"
from karat.decision d
where ($1::text is null or d.entity = $1)
group by coalesce(d.act, d.id), d.entity, d.verdict, d.decided_by
union all
select o.id, o.entity, 'set', o.decided_by,
       to_char(o.decided_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
       o.reason, 0, o.undone_by, null, null, o.entity_id::text, o.field, o."values"
from karat.override o
where ($1::text is null or o.entity = $1)
order by 1 desc
limit $2
