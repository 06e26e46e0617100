-- The books of a load that has not ended, as far as it has come.
insert into karat.load (id, dataset, origin, sha256, settings, run, read, inserted, updated,
                        unchanged, duplicate, rejected)
values ($1, $2, $3, '', $4, $5, $6, $7, 0, $8, $9, $10)
on conflict (id) do update
set origin = excluded.origin,
    run = excluded.run,
    read = excluded.read,
    inserted = excluded.inserted,
    unchanged = excluded.unchanged,
    duplicate = excluded.duplicate,
    rejected = excluded.rejected
where load.finished_at is null
