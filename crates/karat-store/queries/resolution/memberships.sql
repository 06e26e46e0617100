select source, key, id
from karat.membership
where entity = $1
order by source collate "C", key collate "C"
