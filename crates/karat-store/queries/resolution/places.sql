-- Where rows of loads stand: in their file, and before a replay in the one that they came from.
select g.at, l.id, l.dataset, l.origin, l.sha256,
       coalesce(r.first_load, r.load) as first_load,
       f.origin as first_origin,
       coalesce(r.first_line, r.line) as first_line
from unnest($1::bigint[], $2::bigint[]) with ordinality g (load, line, at)
join karat.load l on l.id = g.load
left join karat.reject r on r.replayed_by = g.load and r.replayed_line = g.line
left join karat.load f on f.id = coalesce(r.first_load, r.load)
order by g.at
