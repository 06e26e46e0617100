-- Everybody who may read customers may read what became of them.
-- Not forced: the owner, as whom the trigger writes, is not bound.
alter table public.customer_audit enable row level security;

drop policy if exists customer_audit_read on public.customer_audit;
create policy customer_audit_read on public.customer_audit
    for select to karat_reader, karat_writer, karat_service using (true);
