-- Readers read, writers write, the service does everything; nobody else sees a row.
-- Not forced: the owner, who deploys and loads, is not bound.
alter table public.leads enable row level security;

drop policy if exists leads_read on public.leads;
create policy leads_read on public.leads
    for select to karat_reader using (true);

drop policy if exists leads_write on public.leads;
create policy leads_write on public.leads
    for all to karat_writer using (true) with check (true);

drop policy if exists leads_service on public.leads;
create policy leads_service on public.leads
    for all to karat_service using (true) with check (true);
