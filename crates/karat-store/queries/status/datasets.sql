-- How datasets stand, by the books of their loads.
select name.dataset,
       books.rows,
       open.rejects,
       to_char(l.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as loaded_at,
       extract(epoch from now() - l.finished_at)::float8 as age,
       l.origin, l.read, l.rejected
from unnest($1::text[]) with ordinality as name (dataset, place)
cross join lateral (select coalesce(sum(b.inserted - b.removed), 0)::bigint as rows
                    from karat.load b
                    where b.dataset = name.dataset) books
cross join lateral (select count(r.load) as rejects
                    from karat.load b
                    join karat.reject r on r.load = b.id and r.state = 'open'
                    where b.dataset = name.dataset) open
left join lateral (select b.*
                   from karat.load b
                   where b.dataset = name.dataset
                     and b.finished_at is not null
                   order by b.id desc
                   limit 1) l on true
order by name.place
