-- Moved records are in their entity since now.
update karat.membership m
set id = w.id,
    since = now(),
    run = nullif(current_setting('karat.run', true), '')::bigint
from wanted_members w
where m.entity = $1
  and m.source = w.source
  and m.key = w.key
  and m.id <> w.id
