-- Both sources are read team by team.
create index if not exists idx_new_agents_team_id
    on public.new_agents (team_id);
create index if not exists idx_unified_company_member_team_id
    on public.unified_company_member (team_id);
create index if not exists idx_company_info_raw_team_id
    on bronze.company_info_raw (team_id);
