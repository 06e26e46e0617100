-- Policies say which rows; these say which commands. Nobody writes the audit by hand.
revoke all on
    public.crm_customers, public.bookings, public.leads, public.branches, public.customers,
    public.customer_audit
    from public;

grant usage on schema public to karat_reader, karat_writer, karat_service;

grant select on
    public.crm_customers, public.bookings, public.leads, public.branches, public.customers,
    public.customer_audit
    to karat_reader;
grant select, insert, update, delete on
    public.crm_customers, public.bookings, public.leads, public.branches, public.customers
    to karat_writer;
grant select on public.customer_audit to karat_writer, karat_service;
grant all on
    public.crm_customers, public.bookings, public.leads, public.branches, public.customers
    to karat_service;
