-- Readers read, writers write, the service does everything; nobody else sees a row.
-- Not forced: the owner, who deploys and loads, is not bound.
alter table public.unified_merge_logs enable row level security;

drop policy if exists unified_merge_logs_read on public.unified_merge_logs;
create policy unified_merge_logs_read on public.unified_merge_logs
    for select to karat_reader using (true);

drop policy if exists unified_merge_logs_write on public.unified_merge_logs;
create policy unified_merge_logs_write on public.unified_merge_logs
    for all to karat_writer using (true) with check (true);

drop policy if exists unified_merge_logs_service on public.unified_merge_logs;
create policy unified_merge_logs_service on public.unified_merge_logs
    for all to karat_service using (true) with check (true);
