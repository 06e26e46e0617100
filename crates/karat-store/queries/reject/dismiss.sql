update karat.reject
set state = 'dismissed',
    reason = $3,
    decided_by = $4,
    decided_at = clock_timestamp()
where load = $1
  and ($2::bigint[] = '{}' or line = any ($2))
  and state = 'open'
