update karat.check_failure
set state = 'waived',
    reason = $4,
    decided_by = $5,
    decided_at = clock_timestamp()
where suite = $1
  and "check" = $2
  and key = $3::text::jsonb
  and state <> 'fixed'
