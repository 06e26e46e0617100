update karat.check_failure
set state = 'open',
    reason = null,
    decided_by = null,
    decided_at = null
where suite = $1
  and "check" = $2
  and (key = $3::text::jsonb
       or (select count(*) = 1 and min(e.value) = $4 from jsonb_each_text(key) e))
  and state = 'waived'
