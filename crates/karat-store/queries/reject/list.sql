select l.dataset, r.load, l.origin, l.form -> 'sheets' ->> (r.line / 10000000 - 1)::int as sheet,
       r.line, r.byte, r."column", r.rule, r.message, r.raw,
       r.state, r.replayed_by, r.replayed_line, r.superseded_by, r.first_load, r.first_line,
       r.reason, r.decided_by,
       count(*) over () as total
from karat.reject r
join karat.load l on l.id = r.load
where ($1::text is null or l.dataset = $1)
  and ($2::bigint[] = '{}' or r.load = any ($2))
  and ($3::text is null or r.rule = $3)
  and ($4 or r.state = 'open')
order by r.load desc, r.line
limit $5
