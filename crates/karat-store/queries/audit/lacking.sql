-- Tables whose triggers are not as wanted: their places in the list, and what the names of their
-- four triggers have to begin with, which nobody calls where there shall be none. Tables that are
-- not there lack nothing.
select w.at, 'karat_audit_' || left(md5(w.call), 8) as name
from unnest($1::text[], $2::text[]) with ordinality w (name, call, at)
cross join lateral (select count(*) as present,
                           count(*) filter (where starts_with(g.tgname::text,
                                                  'karat_audit_' || left(md5(w.call), 8) || '_')
                                              and g.tgenabled in ('O', 'A')) as good
                    from pg_trigger g
                    where g.tgrelid = to_regclass(w.name)
                      and g.tgname like 'karat\_audit\_%') found
where to_regclass(w.name) is not null
  and case w.call when '' then present > 0 else (present, good) <> (4, 4) end
order by w.at
