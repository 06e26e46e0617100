-- The job that these bytes were handed to first, of those that were not cancelled or given up.
select u.dataset, u.job
from karat.upload u
join karat.job j on j.id = u.job
where u.sha256 = $1
  and u.dataset = $2
  and j.state not in ('cancelled', 'discarded')
order by u.id
limit 1
