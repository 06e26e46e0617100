-- Customers as the customer system exports them.
create table if not exists public.crm_customers (
    customer_id text primary key,
    first_name text,
    middle_initial text,
    last_name text,
    date_of_birth date,
    email text,
    secondary_email text,
    phone text,
    secondary_phone text,
    address text,
    unit text,
    city text,
    state text,
    -- Five or nine digits, or what a scanner makes of them.
    zip text,
    created_at_utc timestamptz not null,
    updated_at_utc timestamptz not null,
    check (updated_at_utc >= created_at_utc)
);
comment on table public.crm_customers is 'customers of the customer system';
