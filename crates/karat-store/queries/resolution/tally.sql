-- What the last resolution found, in numbers, in the shape of its summary.
with entities as (
    select m.id, count(*) as records, min(coalesce(m.score, 0)) as confidence
    from was_members m
    where m.entity = $1
    group by m.id
), evidence as (
    select v.*
    from was_evidence v
    where v.entity = $1
), in_review as (
    select count(distinct m.id) as n
    from evidence v
    cross join lateral (values (v.source_a, v.key_a), (v.source_b, v.key_b)) r (source, key)
    join karat.membership m
        on m.entity = $1 and m.source = r.source and m.key = r.key
    where v.verdict = 'review'
)
select json_build_object(
    'records', (select coalesce(sum(records), 0) from entities),
    'entities', (select count(*) from entities),
    'merged_entities', (select count(*) from entities where records > 1),
    'sizes', (select coalesce(json_object_agg(records, n), '{}')
              from (select records, count(*) as n from entities group by records) c),
    'review_pairs', (select count(*) from evidence where verdict = 'review'),
    'statistics', json_build_object(
        'needs_review_count', (select n from in_review),
        'confidence', (select coalesce(json_object_agg(confidence, n), '{}')
                       from (select confidence, count(*) as n
                             from entities group by confidence) c)),
    'review_reasons', (select coalesce(json_object_agg(reason, n), '{}')
                       from (select reason, count(*) as n
                             from evidence where verdict = 'review' group by reason) c),
    'tiers', (select coalesce(json_agg(c), '[]')
              from (select tier as name,
                           count(*) filter (where verdict = 'merged') as merged,
                           count(*) filter (where verdict = 'review') as review
                    from evidence group by tier) c))::text
