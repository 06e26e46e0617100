insert into karat.migration (file, fingerprint, skipped, deployment)
values ($1, $2, $3, $4)
