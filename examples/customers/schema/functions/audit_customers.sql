-- Remembers a change. Runs as its owner: those who may change customers may not write the audit.
create or replace function public.audit_customers()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'TRUNCATE' then
        insert into public.customer_audit (operation) values (tg_op);
        return null;
    end if;
    insert into public.customer_audit (operation, customer_id, before, after)
    values (
        tg_op,
        case when tg_op = 'DELETE' then old.customer_id else new.customer_id end,
        case when tg_op = 'INSERT' then null else to_jsonb(old) end,
        case when tg_op = 'DELETE' then null else to_jsonb(new) end
    );
    return null;
end
$$;
comment on function public.audit_customers() is 'trigger: a row of the audit per changed customer';
