select v.tiers
from karat.evidence v
where v.entity = $1
  and ((v.source_a, v.key_a, v.source_b, v.key_b) = ($2, $3, $4, $5)
       or (v.source_a, v.key_a, v.source_b, v.key_b) = ($4, $5, $2, $3))
