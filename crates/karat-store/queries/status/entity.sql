-- How an entity stands, from what is kept of it.
select to_char(r.resolved_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as resolved_at,
       extract(epoch from now() - r.resolved_at)::float8 as age,
       r.settings, r.model,
       r.summary::text as summary,
       (select count(*) from karat.change c where c.entity = $1::text) as changes,
       (select count(*)
        from karat.evidence v
        where v.entity = $1
          and v.verdict = 'review'
          and not exists (select
                          from karat.decision d
                          where d.entity = v.entity
                            and d.undone_at is null
                            and d.source_a = v.source_a
                            and d.key_a = v.key_a
                            and d.source_b = v.source_b
                            and d.key_b = v.key_b)
          and not exists (select
                          from karat.decision d
                          where d.entity = v.entity
                            and d.undone_at is null
                            and d.source_a = v.source_b
                            and d.key_a = v.key_b
                            and d.source_b = v.source_a
                            and d.key_b = v.key_a)) as reviews
from karat.resolution r
where r.entity = $1
