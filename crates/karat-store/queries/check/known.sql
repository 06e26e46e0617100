-- The last results of declared checks, of each the newest first.
select name.suite, name.check_name as "check", r.run,
       to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
       extract(epoch from now() - r.at)::float8 as age,
       r.verdict, r.elements, r.evaluated, r.unexpected, r.waived, r.observed::text as observed,
       r.error
from unnest($1::text[], $2::text[]) with ordinality as name (suite, check_name, place)
cross join lateral (select c.*
                    from karat.check_result c
                    where c.suite = name.suite
                      and c."check" = name.check_name
                    order by c.run desc
                    limit $3) r
order by name.place, r.run desc
