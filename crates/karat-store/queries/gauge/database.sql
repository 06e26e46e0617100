-- How large the database is, and how many of its connections are in use.
select pg_database_size(current_database()) as bytes,
       (select count(*)
        from pg_stat_activity a
        where a.datname = current_database()) as connections,
       current_setting('max_connections')::bigint as most
