-- Leads and bookings meet by their quotes; timelines are read by day.
create index if not exists idx_leads_quote_number on public.leads (quote_number);
create index if not exists idx_bookings_quote_number on public.bookings (quote_number);
create index if not exists idx_bookings_job_date on public.bookings (job_date);
create index if not exists idx_leads_lead_date on public.leads (lead_date);
