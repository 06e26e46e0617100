-- The audit's past stays as it was, for its owner too.
create or replace function public.refuse_change()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception '% only takes new rows', tg_table_name
        using errcode = 'insufficient_privilege';
end
$$;
comment on function public.refuse_change() is 'trigger: rows are neither changed nor deleted';
