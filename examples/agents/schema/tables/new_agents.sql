-- Agents as the customer system exports them. The file has other columns first: load by name.
create table if not exists public.new_agents (
    supabase_uuid uuid primary key default gen_random_uuid(),
    full_name text,
    first_name text,
    last_name text,
    email jsonb,
    email_clean jsonb,
    phone jsonb,
    phone_digits jsonb,
    team_id uuid,
    social_links jsonb,
    facebook text,
    instagram text,
    social_score text,
    brokerage text,
    crm jsonb default '{}',
    updated_at timestamptz
);
comment on table public.new_agents is 'agents of the customer system';
