update karat.drift
set counts = $3::text::jsonb,
    resolutions = resolutions + 1,
    run = $4,
    at = now()
where entity = $1
  and number = $2
