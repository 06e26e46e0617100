-- Attempts of whose workers nothing was heard for too long.
select j.id, j.kind, j.attempt, j.worker, j.failures, j.max_attempts
from karat.lease l
join karat.job j on j.id = l.job and j.attempt = l.attempt and j.state = 'running'
where l.until < statement_timestamp()
order by l.until
limit 100
