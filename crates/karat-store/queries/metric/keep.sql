insert into karat.metric (run, suite, "check", day, settings, value, anomalous)
values ($1, $2, $3, date '1970-01-01' + $4::int, $5, $6::text::jsonb, $7)
on conflict (run, suite, "check") do update
set day = excluded.day,
    settings = excluded.settings,
    value = excluded.value,
    anomalous = excluded.anomalous
