-- Groups, not users: grant them to the users who log in.
-- Roles belong to the whole server, so another database may have made them already.
do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'karat_reader') then
        create role karat_reader nologin;
    end if;
    if not exists (select from pg_catalog.pg_roles where rolname = 'karat_writer') then
        create role karat_writer nologin;
    end if;
    if not exists (select from pg_catalog.pg_roles where rolname = 'karat_service') then
        create role karat_service nologin;
    end if;
exception
    -- Another database of this server was deployed at the same moment.
    when duplicate_object or unique_violation then null;
end
$$;
