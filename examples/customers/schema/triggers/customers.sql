-- Dropped first, as "create or replace trigger" is not known before PostgreSQL 14.
drop trigger if exists trg_customers_update_timestamp on public.customers;
create trigger trg_customers_update_timestamp
    before update on public.customers
    for each row execute function public.update_last_updated_column();

drop trigger if exists trg_customers_audit on public.customers;
create trigger trg_customers_audit
    after insert or update or delete on public.customers
    for each row execute function public.audit_customers();

drop trigger if exists trg_customers_audit_truncate on public.customers;
create trigger trg_customers_audit_truncate
    after truncate on public.customers
    for each statement execute function public.audit_customers();

drop trigger if exists trg_customer_audit_only_grows on public.customer_audit;
create trigger trg_customer_audit_only_grows
    before update or delete or truncate on public.customer_audit
    for each statement execute function public.refuse_change();
