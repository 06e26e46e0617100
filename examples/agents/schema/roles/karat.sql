-- Groups, not users: grant them to the users who log in.
-- Roles belong to the whole server, so another database may have made them already.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['karat_reader', 'karat_writer', 'karat_service'] loop
        if not exists (select from pg_catalog.pg_roles where rolname = wanted) then
            execute format('create role %I nologin', wanted);
        end if;
    end loop;
end
$$;
