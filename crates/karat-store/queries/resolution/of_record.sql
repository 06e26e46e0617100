select m.id::text
from karat.membership m
where m.entity = $1
  and m.source = $2
  and m.key = $3
