update karat.decision
set undone_at = clock_timestamp(), undone_by = $3
where entity = $1
  and coalesce(act, id) = $2
  and undone_at is null
