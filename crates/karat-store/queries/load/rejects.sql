select l.dataset, r.load, l.origin, r.line, r.byte, r."column", r.rule, r.message, r.raw,
       count(*) over () as total
from karat.reject r
join karat.load l on l.id = r.load
where $1::text is null or l.dataset = $1
order by r.load desc, r.line
limit $2
