-- What the load has done by segments so far is in these counts too, and needs no ledger any more.
with ended as (delete from karat.load_segment where load = $1)
insert into karat.load (id, dataset, origin, sha256, settings, run, finished_at, read, inserted,
                        updated, unchanged, duplicate, rejected, removed, findings)
values ($1, $2, $3, $4, $5, $6, clock_timestamp(), $7, $8, $9, $10, $11, $12, $13,
        $14::text::jsonb)
on conflict (id) do update
set origin = excluded.origin,
    sha256 = excluded.sha256,
    run = excluded.run,
    finished_at = excluded.finished_at,
    read = excluded.read,
    inserted = excluded.inserted,
    updated = excluded.updated,
    unchanged = excluded.unchanged,
    duplicate = excluded.duplicate,
    rejected = excluded.rejected,
    removed = excluded.removed,
    findings = excluded.findings
where load.finished_at is null
