-- For the ways people look agents up. There is no trigram index on full_name: it needs pg_trgm,
-- and this schema must deploy where no extension may be created. Names are compared by the
-- program, not by the database; where pg_trgm is there, add
--   create index on public.new_unified_agents using gin (full_name gin_trgm_ops);
create index if not exists idx_unified_agents_team_id
    on public.new_unified_agents (source_team_id);
create index if not exists idx_unified_agents_confidence
    on public.new_unified_agents (confidence_score);
create index if not exists idx_unified_agents_needs_review
    on public.new_unified_agents (agent_id) where needs_review;
create index if not exists idx_unified_agents_emails
    on public.new_unified_agents using gin (emails);
create index if not exists idx_unified_agents_phone_numbers
    on public.new_unified_agents using gin (phone_numbers);
create index if not exists idx_unified_agents_source_metadata
    on public.new_unified_agents using gin (source_metadata jsonb_path_ops);
create index if not exists idx_unified_agents_full_name
    on public.new_unified_agents (lower(full_name));
