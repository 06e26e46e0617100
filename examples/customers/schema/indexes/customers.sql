-- For the ways people look customers up, and the audit of one.
create index if not exists idx_customers_emails on public.customers using gin (emails);
create index if not exists idx_customers_phone_numbers
    on public.customers using gin (phone_numbers);
create index if not exists idx_customers_name on public.customers (lower(last_name), lower(first_name));
create index if not exists idx_customers_needs_review
    on public.customers (customer_id) where needs_review;
create index if not exists idx_customer_audit_customer
    on public.customer_audit (customer_id, at);
