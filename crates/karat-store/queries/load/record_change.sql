insert into karat.schema_change (load, "table", "column", change, before, after)
values ($1, $2, $3, $4, $5, $6)
