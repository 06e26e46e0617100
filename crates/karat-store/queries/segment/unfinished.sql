-- Loads that have not ended, each with its last segment.
select l.id, l.dataset, l.origin, l.inserted, l.unchanged, l.duplicate,
       l.read as booked, l.rejected as refused, s.number, s.table_schema, s.table_name, s.bytes,
       s.fingerprint, s.byte_from, s.byte_to, s.row_from, s.row_to, s.open_quotes, s.hashed_to,
       s.sha256, s.read, s.rejected, s.keyless, s.staged, s.cleaned::text
from karat.load l
join lateral (select *
              from karat.load_segment s
              where s.load = l.id
              order by s.number desc
              limit 1) s on true
where l.finished_at is null
order by l.id
