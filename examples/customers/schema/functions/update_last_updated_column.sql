-- Sets last_updated when the content of a row changes, and only then: writing the same again
-- must not look like news.
create or replace function public.update_last_updated_column()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    new.last_updated := old.last_updated;
    if new is distinct from old then
        new.last_updated := clock_timestamp();
    end if;
    return new;
end
$$;
comment on function public.update_last_updated_column() is
    'trigger: last_updated is when the content last changed';
