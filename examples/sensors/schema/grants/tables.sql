-- Policies say which rows; these say which commands.
revoke all on public.readings from public;

grant usage on schema public to karat_reader, karat_writer, karat_service;

grant select on public.readings to karat_reader;
grant select, insert, update, delete on public.readings to karat_writer;
grant all on public.readings to karat_service;
