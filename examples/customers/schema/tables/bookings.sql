-- Jobs that were booked: somebody moves from the origin to the destination.
create table if not exists public.bookings (
    -- The quote's number and the job's place in it.
    job_number text primary key,
    -- Without a reference to a quote: leads that never had one are booked too.
    quote_number text not null,
    status text not null check (status in ('BOOKED', 'CLOSED')),
    job_type text,
    booked_date date not null,
    job_date date not null,
    -- One of those in aliases/branches.csv.
    branch text,
    sales_person text,
    referral_source text,
    -- "First M. Last" or "Last, First M.".
    customer_name text not null,
    customer_email text,
    customer_phone text,
    -- As written: 07/31/1984.
    customer_dob text,
    origin_address text,
    origin_city text,
    origin_state text,
    origin_zip text,
    destination_address text,
    destination_city text,
    destination_state text,
    destination_zip text,
    total_estimated_cost numeric(12, 2) check (total_estimated_cost >= 0),
    -- Known when the job is closed.
    total_actual_cost numeric(12, 2) check (total_actual_cost >= 0),
    created_at_utc timestamptz not null,
    check ((status = 'CLOSED') = (total_actual_cost is not null))
);
comment on table public.bookings is 'booked moves';
