select entity, source_a, key_a, source_b, key_b, score, tier, reason, count(*) over () as total
from karat.evidence
where verdict = 'review'
  and ($1::text is null or entity = $1)
order by score desc, entity, source_a, key_a, source_b, key_b
limit $2
