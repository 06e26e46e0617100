-- Open rejects of the same bytes whose line was rejected again when they were loaded anew.
update karat.reject r
set state = 'repeated',
    replayed_by = $1,
    replayed_line = r.line
from karat.load l
where l.dataset = $2
  and l.sha256 = $3
  and l.id < $1
  and r.load = l.id
  and r.state = 'open'
  and exists (select 1 from karat.reject n where n.load = $1 and n.line = r.line)
