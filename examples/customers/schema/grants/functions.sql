-- Functions are everybody's unless said otherwise.
revoke all on function public.audit_customers() from public;
revoke all on function public.refuse_change() from public;
revoke all on function public.update_last_updated_column() from public;
grant execute on function public.update_last_updated_column()
    to karat_reader, karat_writer, karat_service;
