-- Jobs that are not there.
select wanted.id
from unnest($1::bigint[]) wanted (id)
where not exists (select from karat.job j where j.id = wanted.id)
order by wanted.id
