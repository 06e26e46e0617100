-- How long each step took when it last had something to do, of the last runs.
select distinct on (s.name) s.name, extract(epoch from s.finished_at - s.started_at)::float8 as took
from karat.step s
join (select r.id from karat.run r order by r.id desc limit 50) r on r.id = s.run
where s.status = 'done'
order by s.name, s.run desc
