insert into karat.object (identity, kind, fingerprint, statement, file, deployment)
values ($1, $2, $3, $4, $5, $6)
on conflict (identity) do update
    set kind = excluded.kind,
        fingerprint = excluded.fingerprint,
        statement = excluded.statement,
        file = excluded.file,
        deployment = excluded.deployment,
        deployed_at = clock_timestamp()
