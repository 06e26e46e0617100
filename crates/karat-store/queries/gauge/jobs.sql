-- How many jobs there are that have not ended, and that were given up, by their states.
select j.state, count(*) as jobs
from karat.job j
where j.state in ('waiting', 'available', 'scheduled', 'running', 'retryable', 'discarded')
group by j.state
order by j.state
