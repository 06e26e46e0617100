update karat.run
set status = $2, finished_at = clock_timestamp(), error = $3, summary = $4::text::jsonb
where id = $1
