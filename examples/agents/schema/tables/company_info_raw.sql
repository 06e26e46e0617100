-- A company's website, each time somebody researched it.
create table if not exists bronze.company_info_raw (
    research_uuid uuid primary key,
    team_id uuid,
    website text,
    team_page_url text,
    -- Should be a list of {name, email, phone, designation}; is sometimes none.
    team_members jsonb,
    research_email text,
    research_phone text,
    analysis text,
    sample_master_agent_uuid uuid,
    master_brokerage_name text,
    ingested_at timestamptz not null default now()
);
comment on table bronze.company_info_raw is 'companies'' websites as researched';
