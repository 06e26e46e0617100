-- Readers read, writers write, the service does everything; nobody else sees a row.
-- Not forced: the owner, who deploys and loads, is not bound.
alter table public.bookings enable row level security;

drop policy if exists bookings_read on public.bookings;
create policy bookings_read on public.bookings
    for select to karat_reader using (true);

drop policy if exists bookings_write on public.bookings;
create policy bookings_write on public.bookings
    for all to karat_writer using (true) with check (true);

drop policy if exists bookings_service on public.bookings;
create policy bookings_service on public.bookings
    for all to karat_service using (true) with check (true);
