-- Ends the sessions of an attempt that is not in force: nobody else would, while the server is busy with
-- a statement of theirs, or while a machine that sleeps still holds them.
select count(pg_terminate_backend(pid))
from pg_stat_activity
where application_name = $1
  and datname = current_database()
  and usename = current_user
  and pid <> pg_backend_pid()
