-- All that is known of one row: where it was rejected first, and each time that it came again. The
-- place may also be that of a row which a replay loaded.
with named as (
    select coalesce(first_load, load) as load, coalesce(first_line, line) as line
    from karat.reject
    where (load = $1 and line = $2) or (replayed_by = $1 and replayed_line = $2)
)
select l.dataset, r.load, l.origin, l.form -> 'sheets' ->> (r.line / 10000000 - 1)::int as sheet,
       r.line, r.byte, r."column", r.rule, r.message, r.raw,
       r.state, r.replayed_by, r.replayed_line, r.superseded_by, r.first_load, r.first_line,
       r.reason, r.decided_by
from karat.reject r
join karat.load l on l.id = r.load
where (coalesce(r.first_load, r.load), coalesce(r.first_line, r.line)) in
      (select load, line from named)
order by r.load, r.line
