-- The results of declared objectives within their windows, and the last whenever it was; of each the
-- oldest first.
select name.file, name.objective, r.run,
       ((r.at at time zone 'UTC')::date - date '1970-01-01')::int as day,
       to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
       extract(epoch from now() - r.at)::float8 as age,
       (r.at at time zone 'UTC')::date > (now() at time zone 'UTC')::date - name.days as is_within,
       r.target, r.actual, r.bad, r.judged, r.good, r.verdict, r.error
from unnest($1::text[], $2::text[], $3::int[])
     with ordinality as name (file, objective, days, place)
cross join lateral (select o.*, row_number() over (order by o.at desc, o.run desc) as nth
                    from karat.objective_result o
                    where o.file = name.file
                      and o.objective = name.objective
                      and o.part = '') r
where r.nth = 1
   or (r.at at time zone 'UTC')::date > (now() at time zone 'UTC')::date - name.days
order by name.place, r.nth desc
