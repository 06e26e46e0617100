-- The last scores of tables, of each the oldest first.
select name.suite, s.run, s.score, s.threshold
from unnest($1::text[]) with ordinality as name (suite, place)
cross join lateral (select c.*
                    from karat.check_score c
                    where c.suite = name.suite
                      and c.score is not null
                    order by c.run desc
                    limit $2) s
order by name.place, s.run
