-- Where rows stood first that a replay rejected again.
update karat.reject n
set first_load = coalesce(r.first_load, r.load),
    first_line = coalesce(r.first_line, r.line)
from karat.reject r
where n.load = $1
  and r.replayed_by = n.load
  and r.replayed_line = n.line
