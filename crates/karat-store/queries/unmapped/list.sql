-- Values without alias in the last load of each origin, and in replays.
select l.dataset, u."column", u.value, sum(u.least)::bigint as least, sum(u.most)::bigint as most
from karat.unmapped u
join karat.load l on l.id = u.load
where ($1::text is null or l.dataset = $1)
  and not exists (select 1
                  from karat.load later
                  where later.dataset = l.dataset
                    and later.origin = l.origin
                    and later.id > l.id)
group by l.dataset, u."column", u.value
order by l.dataset, u."column", least desc, u.value
