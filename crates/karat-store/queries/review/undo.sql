update karat.decision
set undone_at = clock_timestamp(), undone_by = $6
where id = (select max(id)
            from karat.decision
            where undone_at is null
              and entity = $1
              and source_a = $2
              and key_a = $3
              and source_b = $4
              and key_b = $5)
