-- Has the server look up what a resolution asks of its tables; nothing is read from them.
explain select 1 from karat.membership m join karat.entity e on e.id = m.id
where m.entity = '' and m.source = '' and m.key = any ('{}');
explain select 1 from karat.evidence v left join karat.decision d on d.entity = v.entity
where v.entity = '' and (v.source_a, v.key_a) = ('', '');
explain select 1 from karat.change c, karat.history h, karat.override_in_force o
where h.entity_id = o.entity_id and c.entity = h.entity;
explain select 1 from karat.resolution r, karat.model k, karat.drift t, karat.large_block l
where r.entity = k.entity and t.entity = k.entity and l.entity = k.entity;
explain select format_type(a.atttypid, a.atttypmod), pg_get_expr(f.adbin, f.adrelid)
from pg_attribute a join pg_type t on t.oid = a.atttypid join pg_index i on i.indrelid = a.attrelid
left join pg_attrdef f on f.adrelid = a.attrelid
where a.attrelid = to_regclass('karat.entity') and i.indisunique;
