-- The golden records. Two people of one name in one team are two: no unique name.
create table if not exists public.new_unified_agents (
    agent_id uuid primary key,
    full_name text not null,
    designation text,
    emails text[] not null default '{}',
    phone_numbers text[] not null default '{}',
    source_team_id uuid,
    confidence_score int not null default 0 check (confidence_score between 0 and 100),
    needs_review boolean not null default false,
    -- Which records say so: sources, keys, loads.
    source_metadata jsonb not null default '{}',
    created_at timestamptz not null default now(),
    last_updated timestamptz not null default now()
);
comment on table public.new_unified_agents is 'everybody once, from all sources';
comment on column public.new_unified_agents.confidence_score is
    'weakest evidence that holds the record together: e-mail 100, phone 90, name 80, similar name 60, single source 0';
