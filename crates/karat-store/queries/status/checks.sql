-- The declared checks whose last result is not as expected.
select name.suite, name.check_name as "check", r.relation, r.severity, r.verdict, r.unexpected,
       r.error
from unnest($1::text[], $2::text[]) with ordinality as name (suite, check_name, place)
cross join lateral (select c.*
                    from karat.check_result c
                    where c.suite = name.suite
                      and c."check" = name.check_name
                    order by c.run desc
                    limit 1) r
where r.verdict <> 'passed'
order by name.place
