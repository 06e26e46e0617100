-- Open rejects of what was loaded anew: of the same bytes; of all there was, where $4.
update karat.reject r
set state = 'superseded',
    superseded_by = $1
from karat.load l
where l.dataset = $2
  and (l.sha256 = $3 or $4)
  and l.id < $1
  and (r.load = l.id or r.first_load = l.id)
  and r.load < $1
  and r.state = 'open'
