select l.id,
       l.settings,
       not exists (select 1
                   from karat.load later
                   where later.dataset = l.dataset
                     and later.origin = l.origin
                     and later.finished_at is not null
                     and later.id > l.id)
from karat.load l
where l.dataset = $1
  and l.sha256 = $3
  and l.finished_at is not null
order by (l.origin = $2) desc, l.id desc
limit 1
