-- The next open rejects of a load behind a line.
select l.dataset, r.load, l.origin, l.form -> 'sheets' ->> (r.line / 10000000 - 1)::int as sheet,
       r.line, r.byte, r."column", r.rule, r.message, r.raw,
       r.state, r.replayed_by, r.replayed_line, r.superseded_by, r.first_load, r.first_line,
       r.reason, r.decided_by
from karat.reject r
join karat.load l on l.id = r.load
where r.load = $1
  and r.line > $2
  and ($3::text is null or r.rule = $3)
  and r.state = 'open'
order by r.line
fetch first 1000 rows with ties
