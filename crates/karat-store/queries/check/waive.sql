update karat.check_failure
set state = 'waived',
    reason = $5,
    decided_by = $6,
    decided_at = clock_timestamp()
where suite = $1
  and "check" = $2
  and (key = $3::text::jsonb
       or (select count(*) = 1 and min(e.value) = $4 from jsonb_each_text(key) e))
  and state <> 'fixed'
