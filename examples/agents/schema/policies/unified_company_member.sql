-- Readers read, writers write, the service does everything; nobody else sees a row.
-- Not forced: the owner, who deploys and loads, is not bound.
alter table public.unified_company_member enable row level security;

drop policy if exists unified_company_member_read on public.unified_company_member;
create policy unified_company_member_read on public.unified_company_member
    for select to karat_reader using (true);

drop policy if exists unified_company_member_write on public.unified_company_member;
create policy unified_company_member_write on public.unified_company_member
    for all to karat_writer using (true) with check (true);

drop policy if exists unified_company_member_service on public.unified_company_member;
create policy unified_company_member_service on public.unified_company_member
    for all to karat_service using (true) with check (true);
