-- Policies say which rows; these say which commands.
revoke all on
    bronze.company_info_raw, public.unified_company_member, public.new_agents,
    public.unified_merge_logs, public.new_unified_agents
    from public;

grant usage on schema bronze to karat_reader, karat_writer, karat_service;
grant usage on schema public to karat_reader, karat_writer, karat_service;

grant select on
    bronze.company_info_raw, public.unified_company_member, public.new_agents,
    public.unified_merge_logs, public.new_unified_agents
    to karat_reader;
grant select, insert, update, delete on
    bronze.company_info_raw, public.unified_company_member, public.new_agents,
    public.unified_merge_logs, public.new_unified_agents
    to karat_writer;
grant all on
    bronze.company_info_raw, public.unified_company_member, public.new_agents,
    public.unified_merge_logs, public.new_unified_agents
    to karat_service;

-- The numbers of the log.
grant usage on sequence public.unified_merge_logs_id_seq to karat_writer, karat_service;
