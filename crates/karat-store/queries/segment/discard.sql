-- Segments and rejects go with it.
delete from karat.load where id = $1 and finished_at is null
