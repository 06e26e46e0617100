-- What became of the rejects at these places: a row that was rejected again is the later reject.
with recursive chain as (
    select g.at, r.load, r.line, r.state, r.replayed_by, r.replayed_line, r.first_load,
           r.rule, r."column" is null as whole
    from unnest($1::bigint[], $2::bigint[]) with ordinality g (load, line, at)
    join karat.reject r on r.load = g.load and r.line = g.line
    union all
    select c.at, r.load, r.line, r.state, r.replayed_by, r.replayed_line, r.first_load,
           r.rule, r."column" is null as whole
    from chain c
    join karat.reject r on r.load = c.replayed_by and r.line = c.replayed_line
    where c.state = 'repeated'
)
select distinct on (c.at) c.at, c.load, c.line, c.state, c.first_load,
       c.rule, c.whole, l.dataset
from chain c
join karat.load l on l.id = c.load
order by c.at, c.load desc
