-- A message that tells nothing.
select karat.deliver(w.id, 'test', '{}')
from karat.webhook w
where w.id = $1 and w.ended_at is null
