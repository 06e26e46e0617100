insert into karat.load (id, dataset, origin, sha256, settings, run, finished_at, read, inserted,
                        updated, unchanged, duplicate, rejected, removed, findings)
values ($1, $2, $3, $4, $5, $6, clock_timestamp(), $7, $8, $9, $10, $11, $12, $13,
        $14::text::jsonb)
