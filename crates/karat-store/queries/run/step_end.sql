update karat.step
set status = $3, finished_at = clock_timestamp(), detail = $4::text::jsonb
where run = $1 and name = $2
