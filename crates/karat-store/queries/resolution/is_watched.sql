select count(*) = cardinality($4::text[])
from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as wanted (role, source, name, key)
join karat.watch w
    on w.entity = $1
   and w.role = wanted.role
   and w.source = wanted.source
   and w.key = wanted.key
   and w.relation = to_regclass(wanted.name)
where (select count(*)
       from pg_trigger g
       where g.tgrelid = w.relation
         and g.tgname like 'karat\_' || w.role || '\_' || left(md5(w.key), 8) || '\_%'
         and g.tgenabled in ('O', 'A')) = 4
