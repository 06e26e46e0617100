-- Readers read, writers write, the service does everything; nobody else sees a row.
-- Not forced: the owner, who deploys and loads, is not bound.
alter table public.readings enable row level security;

drop policy if exists readings_read on public.readings;
create policy readings_read on public.readings
    for select to karat_reader using (true);

drop policy if exists readings_write on public.readings;
create policy readings_write on public.readings
    for all to karat_writer using (true) with check (true);

drop policy if exists readings_service on public.readings;
create policy readings_service on public.readings
    for all to karat_service using (true) with check (true);
