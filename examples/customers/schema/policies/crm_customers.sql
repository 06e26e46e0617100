-- Readers read, writers write, the service does everything; nobody else sees a row.
-- Not forced: the owner, who deploys and loads, is not bound.
alter table public.crm_customers enable row level security;

drop policy if exists crm_customers_read on public.crm_customers;
create policy crm_customers_read on public.crm_customers
    for select to karat_reader using (true);

drop policy if exists crm_customers_write on public.crm_customers;
create policy crm_customers_write on public.crm_customers
    for all to karat_writer using (true) with check (true);

drop policy if exists crm_customers_service on public.crm_customers;
create policy crm_customers_service on public.crm_customers
    for all to karat_service using (true) with check (true);
