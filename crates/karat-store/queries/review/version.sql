-- What changes whenever what waits for review may have: a resolution, a decision, or one undone.
select concat_ws(' ',
                 (select max(d.id) from karat.decision d),
                 (select max(d.undone_at) from karat.decision d),
                 (select string_agg(r.entity || ' ' || r.resolved_at, ' ' order by r.entity)
                  from karat.resolution r)) as version
