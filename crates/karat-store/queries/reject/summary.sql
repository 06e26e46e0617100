select l.dataset, r."column", r.rule, count(*) as rows,
       (array_agg(r.load order by r.load desc, r.line))[1] as load,
       (array_agg(l.origin order by r.load desc, r.line))[1] as origin,
       (array_agg(r.line order by r.load desc, r.line))[1] as line,
       (array_agg(r.message order by r.load desc, r.line))[1] as message
from karat.reject r
join karat.load l on l.id = r.load
where (r.state = 'open' or $1)
group by l.dataset, r."column", r.rule
order by l.dataset, rows desc, r.rule, r."column"
