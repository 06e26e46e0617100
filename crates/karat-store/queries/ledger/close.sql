update karat.deployment
set status = $2, error = $3, report = $4::text::jsonb, finished_at = clock_timestamp()
where id = $1
