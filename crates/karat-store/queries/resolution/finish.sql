insert into karat.resolution (entity, input, settings, golden, run, summary, model, parted)
values ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $8)
on conflict (entity) do update
    set input = excluded.input,
        settings = excluded.settings,
        golden = excluded.golden,
        run = excluded.run,
        resolved_at = clock_timestamp(),
        summary = excluded.summary,
        model = excluded.model,
        parted = excluded.parted
