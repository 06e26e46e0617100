insert into karat.load_segment (load, number, table_schema, table_name, bytes, fingerprint,
                                byte_from, byte_to, row_from, row_to, open_quotes, hashed_to,
                                sha256, read, rejected, keyless, staged, cleaned)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
        $18::text::jsonb)
