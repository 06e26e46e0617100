-- Readers read, writers write, the service does everything; nobody else sees a row.
-- Not forced: the owner, who deploys and loads, is not bound.
alter table public.new_unified_agents enable row level security;

drop policy if exists new_unified_agents_read on public.new_unified_agents;
create policy new_unified_agents_read on public.new_unified_agents
    for select to karat_reader using (true);

drop policy if exists new_unified_agents_write on public.new_unified_agents;
create policy new_unified_agents_write on public.new_unified_agents
    for all to karat_writer using (true) with check (true);

drop policy if exists new_unified_agents_service on public.new_unified_agents;
create policy new_unified_agents_service on public.new_unified_agents
    for all to karat_service using (true) with check (true);
