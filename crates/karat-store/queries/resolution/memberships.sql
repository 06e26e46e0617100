select m.source, m.key, m.id
from was_members m
where m.entity = $1
order by m.source collate "C", m.key collate "C"
