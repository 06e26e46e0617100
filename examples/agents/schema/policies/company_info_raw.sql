-- Readers read, writers write, the service does everything; nobody else sees a row.
-- Not forced: the owner, who deploys and loads, is not bound.
alter table bronze.company_info_raw enable row level security;

drop policy if exists company_info_raw_read on bronze.company_info_raw;
create policy company_info_raw_read on bronze.company_info_raw
    for select to karat_reader using (true);

drop policy if exists company_info_raw_write on bronze.company_info_raw;
create policy company_info_raw_write on bronze.company_info_raw
    for all to karat_writer using (true) with check (true);

drop policy if exists company_info_raw_service on bronze.company_info_raw;
create policy company_info_raw_service on bronze.company_info_raw
    for all to karat_service using (true) with check (true);
