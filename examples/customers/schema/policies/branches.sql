-- Readers read, writers write, the service does everything; nobody else sees a row.
-- Not forced: the owner, who deploys and loads, is not bound.
alter table public.branches enable row level security;

drop policy if exists branches_read on public.branches;
create policy branches_read on public.branches
    for select to karat_reader using (true);

drop policy if exists branches_write on public.branches;
create policy branches_write on public.branches
    for all to karat_writer using (true) with check (true);

drop policy if exists branches_service on public.branches;
create policy branches_service on public.branches
    for all to karat_service using (true) with check (true);
