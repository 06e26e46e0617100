-- Readers read, writers write, the service does everything; nobody else sees a row.
-- Not forced: the owner, who deploys and loads, is not bound.
alter table public.customers enable row level security;

drop policy if exists customers_read on public.customers;
create policy customers_read on public.customers
    for select to karat_reader using (true);

drop policy if exists customers_write on public.customers;
create policy customers_write on public.customers
    for all to karat_writer using (true) with check (true);

drop policy if exists customers_service on public.customers;
create policy customers_service on public.customers
    for all to karat_service using (true) with check (true);
