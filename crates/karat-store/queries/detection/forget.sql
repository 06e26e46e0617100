delete from karat.detection
where header = any($1)
