select distinct sha256
from karat.output
order by 1
