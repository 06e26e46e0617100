-- Leads, as web forms and the office make them.
create table if not exists public.leads (
    lead_id text primary key,
    lead_date timestamptz not null,
    lead_source text,
    status text not null check (
        status in ('NewLead', 'LeadInProgress', 'Opportunity', 'Booked', 'Lost', 'BadLead')
    ),
    -- Why it was lost, or is bad.
    reason text,
    -- Minutes until somebody answered.
    time_to_contact int check (time_to_contact > 0),
    -- The booking's, where the lead became one.
    quote_number text,
    branch_name text,
    sales_person text,
    first text,
    last text,
    email_address text,
    phone_number text,
    moving_from text,
    from_city text,
    from_state text,
    from_zip text,
    -- As the forms' system has it: 20260310.
    service_date text,
    check ((status in ('Lost', 'BadLead')) = (reason is not null))
);
comment on table public.leads is 'people who asked for a quote';
