-- How many jobs were given up of which none that is the same was completed later.
select count(*)
from karat.job d
where d.state = 'discarded'
  and not exists (select
                  from karat.job j
                  where j.kind = d.kind
                    and j.id > d.id
                    and j.state = 'completed'
                    and j.args = d.args)
