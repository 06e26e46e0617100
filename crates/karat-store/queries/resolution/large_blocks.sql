with smaller as (
    delete from karat.large_block l
    using karat_touched t
    where l.entity = $1
      and l.digest = t.digest
      and t.after <= $2
)
insert into karat.large_block (entity, digest, records)
select $1, t.digest, t.after
from karat_touched t
where t.after > $2
on conflict (entity, digest) do update set records = excluded.records
