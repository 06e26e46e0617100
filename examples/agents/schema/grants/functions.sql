-- Functions are everybody's unless said otherwise.
revoke all on function public.array_merge_unique(text[], text[]) from public;
revoke all on function public.update_last_updated_column() from public;
grant execute on function public.array_merge_unique(text[], text[])
    to karat_reader, karat_writer, karat_service;
