update karat.load
set form = $2::text::jsonb,
    replay = $3
where id = $1
