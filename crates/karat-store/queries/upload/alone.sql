-- Until the transaction ends nobody else decides what becomes of these bytes.
select pg_advisory_xact_lock(hashtextextended('karat.upload ' || $1, 0))
