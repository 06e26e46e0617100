with made as (
    insert into karat.decision
        (entity, source_a, key_a, source_b, key_b, verdict, decided_by, reason)
    select $1, p.source_a, p.key_a, p.source_b, p.key_b, $6, $7, $8
    from unnest($2::text[], $3::text[], $4::text[], $5::text[])
        as p (source_a, key_a, source_b, key_b)
    returning id
)
select min(id) from made
