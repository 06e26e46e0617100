-- A decision is why where the entities of its two records, before and after, are the two. It counts
-- from the beginning of the run before: that one may have read decisions before it was made.
with recent as materialized (
    select d.id as decision,
           array_remove(array[was_a.id, was_b.id, is_a.id, is_b.id], null) as ids
    from karat.decision d
    left join karat.membership was_a
        on (was_a.entity, was_a.source, was_a.key) = (d.entity, d.source_a, d.key_a)
    left join karat.membership was_b
        on (was_b.entity, was_b.source, was_b.key) = (d.entity, d.source_b, d.key_b)
    join wanted_members is_a on (is_a.source, is_a.key) = (d.source_a, d.key_a)
    join wanted_members is_b on (is_b.source, is_b.key) = (d.source_b, d.key_b)
    where d.entity = $1
      and greatest(d.decided_at, d.undone_at)
          > coalesce((select coalesce(r.started_at, s.resolved_at)
                      from karat.resolution s
                      left join karat.run r on r.id = s.run
                      where s.entity = $1), '-infinity')
)
insert into karat.history (entity, entity_id, event, source, key, other, since, since_run,
                           score, tier, decision)
select m.entity, m.id, 'moved', m.source, m.key, w.id, m.since, m.run, m.score, m.tier,
       (select max(r.decision)
        from recent r
        where r.ids <@ array[m.id, w.id] and r.ids @> array[m.id, w.id])
from was_members m
join wanted_members w using (entity, source, key)
where m.entity = $1
  and m.id <> w.id
order by m.source collate "C", m.key collate "C"
