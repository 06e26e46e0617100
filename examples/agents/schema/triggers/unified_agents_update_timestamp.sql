-- Dropped first, as "create or replace trigger" is not known before PostgreSQL 14.
drop trigger if exists trg_unified_agents_update_timestamp on public.new_unified_agents;
create trigger trg_unified_agents_update_timestamp
    before update on public.new_unified_agents
    for each row execute function public.update_last_updated_column();
