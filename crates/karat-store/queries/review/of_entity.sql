-- Decisions in force on the records of an entity and on its golden fields, the last first.
with members as materialized (
    select m.source, m.key
    from karat.membership m
    where m.entity = $1
      and m.id = $2::text::uuid
), touched as (
    select coalesce(d.act, d.id) as act
    from members m
    join karat.decision d on d.entity = $1 and d.source_a = m.source and d.key_a = m.key
    where d.undone_at is null
    union
    select coalesce(d.act, d.id)
    from members m
    join karat.decision d on d.entity = $1 and d.source_b = m.source and d.key_b = m.key
    where d.undone_at is null
)
select t.act, d.entity, d.verdict, d.decided_by,
       to_char(min(d.decided_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at,
       max(d.reason) as reason, count(*) as pairs, null as undone_by,
       (array_agg(d.source_a || ':' || d.key_a order by d.id))[1] as a,
       (array_agg(d.source_b || ':' || d.key_b order by d.id))[1] as b,
       null as id, null as field, null::text[] as "values"
from touched t
join karat.decision d on coalesce(d.act, d.id) = t.act and d.entity = $1 and d.undone_at is null
group by t.act, d.entity, d.verdict, d.decided_by
union all
select f.id, f.entity, 'set', f.decided_by,
       to_char(f.decided_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
       f.reason, 0, null, null, null, f.entity_id::text, f.field, f."values"
from karat.override_in_force f
where f.entity = $1
  and f.home = $2::text::uuid
order by 1 desc
limit $3
