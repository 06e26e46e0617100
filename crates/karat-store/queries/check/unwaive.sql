update karat.check_failure
set state = 'open',
    reason = null,
    decided_by = null,
    decided_at = null
where suite = $1
  and "check" = $2
  and key = $3::text::jsonb
  and state = 'waived'
