select format('server process %s, since %s UTC', a.pid,
              to_char(a.xact_start at time zone 'utc', 'HH24:MI:SS'))
from pg_locks l
join pg_stat_activity a using (pid)
where l.locktype = 'advisory'
  and l.granted
  and l.database = (select oid from pg_database where datname = current_database())
  and l.classid = ($1 >> 32)::oid
  and l.objid = ($1 & 4294967295)::oid
  and l.pid <> pg_backend_pid()
limit 1
