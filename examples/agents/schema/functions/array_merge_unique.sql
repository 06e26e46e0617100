-- The values of both lists once, sorted, without blank ones; an empty list if there are none.
create or replace function public.array_merge_unique(a text[], b text[])
returns text[]
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
    -- Sorted by bytes, or the result would depend on the database's locale.
    select coalesce(array_agg(value order by value collate "C"), '{}')
    from (
        select distinct btrim(value) as value
        from unnest(a || b) as value
        where btrim(value) <> ''
    ) as merged
$$;
comment on function public.array_merge_unique(text[], text[]) is
    'sorted union of two lists without blanks and repeats';
