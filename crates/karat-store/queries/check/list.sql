select f.key::text, f.value::text, f.state, f.first_run,
       case when f.state = 'fixed' then f.last_run
            else greatest(f.last_run, (select max(r.run)
                                       from karat.check_result r
                                       where r.suite = $1
                                         and r."check" = $2
                                         and r.verdict <> 'error'))
       end as last_run,
       f.reason, f.decided_by, count(*) over () as total
from karat.check_failure f
where f.suite = $1
  and f."check" = $2
  and ($3 or f.state <> 'fixed')
order by f.state, f.key
limit $4
