update karat.override
set undone_at = clock_timestamp(), undone_by = $3
where entity = $1
  and id = $2
  and undone_at is null
