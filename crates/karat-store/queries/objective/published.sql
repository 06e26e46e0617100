with likely as (
    select a.id as id_a, b.id as id_b
    from karat.evidence e
    join karat.membership a on a.entity = e.entity and a.source = e.source_a and a.key = e.key_a
    join karat.membership b on b.entity = e.entity and b.source = e.source_b and b.key = e.key_b
    where e.entity = $1::text
      and e.verdict = 'review'
      and a.id <> b.id
)
select (select count(distinct id) from karat.membership where entity = $1::text) as judged,
       (select count(*) from (select id_a from likely union select id_b from likely) l) as bad
