-- Keeps a lease, and says whether somebody asked to cancel; no row where the lease is lost.
update karat.lease l
set until = clock_timestamp() + $4::float8 * interval '1 second',
    beat_at = clock_timestamp(),
    progress = coalesce($5::text::jsonb, l.progress)
from karat.job j
where l.job = $1
  and l.attempt = $2
  and l.worker = $3
  and j.id = l.job
  and j.attempt = l.attempt
  and j.state = 'running'
returning j.cancel_asked_at is not null as is_cancelled
