-- Of a lease the same as beat.sql, without keeping it.
select j.cancel_asked_at is not null as is_cancelled
from karat.lease l
join karat.job j on j.id = l.job and j.attempt = l.attempt and j.state = 'running'
where l.job = $1
  and l.attempt = $2
  and l.worker = $3
