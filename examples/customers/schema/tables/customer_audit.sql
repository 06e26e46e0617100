-- What happened to golden records, whoever did it: the product, or somebody with psql.
create table if not exists public.customer_audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    who text not null default session_user,
    program text default current_setting('application_name', true),
    operation text not null check (operation in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')),
    -- Null for the emptying of the whole table.
    customer_id uuid,
    before jsonb,
    after jsonb
);
comment on table public.customer_audit is 'every change of a golden record; rows are only added';
