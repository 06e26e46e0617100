insert into karat.decision (entity, source_a, key_a, source_b, key_b, verdict, decided_by, reason)
values ($1, $2, $3, $4, $5, $6, $7, $8)
