insert into karat_scope (source, key)
(select b.source, b.key
 from karat_part p
 join blocked_records b using (part)
 union
 select c.source, c.key
 from karat_changed c)
limit $1
