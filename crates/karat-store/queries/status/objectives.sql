-- The declared objectives that the last measuring found missed.
select name.file, name.objective, r.severity, r.verdict, r.target, r.actual, r.dimension
from unnest($1::text[], $2::text[]) with ordinality as name (file, objective, place)
cross join lateral (select o.*
                    from karat.objective_result o
                    where o.file = name.file
                      and o.objective = name.objective
                      and o.part = ''
                    order by o.at desc, o.run desc
                    limit 1) r
where r.verdict in ('violated', 'error')
order by name.place
