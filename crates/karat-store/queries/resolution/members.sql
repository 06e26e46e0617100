select source, key, score, weight
from karat.membership
where entity = $1 and id = $2::text::uuid
order by source collate "C", key collate "C"
