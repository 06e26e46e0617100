-- Parts of the changed records, of those that a decision puts with one of them, and of those that
-- share a block with one of them. A block that is too large before and after connects nobody.
insert into karat_part (part)
select b.part
from karat_changed c
join blocked_records b using (source, key)
union
select b.part
from karat_changed c
join karat.decision d
    on d.entity = $1 and d.source_a = c.source and d.key_a = c.key
join blocked_records b on b.source = d.source_b and b.key = d.key_b
where d.verdict = 'same'
  and d.undone_at is null
union
select b.part
from karat_changed c
join karat.decision d
    on d.entity = $1 and d.source_b = c.source and d.key_b = c.key
join blocked_records b on b.source = d.source_a and b.key = d.key_a
where d.verdict = 'same'
  and d.undone_at is null
union
select b.part
from karat_touched t
join block_parts b using (digest)
where t.before <= $2
   or t.after <= $2
