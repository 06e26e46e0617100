-- The golden records: everybody once. Two people of one name and address are two: senior and
-- junior, twins.
create table if not exists public.customers (
    customer_id uuid primary key,
    first_name text,
    last_name text,
    date_of_birth date,
    emails text[] not null default '{}',
    phone_numbers text[] not null default '{}',
    address text,
    city text,
    state text,
    zip text,
    -- Weakest match probability that holds the record together; none for a single record.
    confidence double precision check (confidence between 0 and 1),
    needs_review boolean not null default false,
    -- Which records say so: sources, keys, loads.
    source_metadata jsonb not null default '{}',
    created_at timestamptz not null default now(),
    last_updated timestamptz not null default now()
);
comment on table public.customers is 'everybody once, from all sources';
