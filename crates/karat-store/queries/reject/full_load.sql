select max(id)
from karat.load
where dataset = $1
  and not replay
