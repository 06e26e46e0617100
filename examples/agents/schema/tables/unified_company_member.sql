-- One person on one researched page: the elements of team_members, cleaned.
-- Whether a record was already matched is a matter of runs, so there is no such column.
create table if not exists public.unified_company_member (
    id uuid primary key default gen_random_uuid(),
    research_uuid uuid not null references bronze.company_info_raw (research_uuid)
        on delete cascade,
    team_id uuid,
    website text,
    domain text,
    member_name text not null,
    email_normalized text[] not null default '{}',
    phone_normalized text[] not null default '{}',
    member_designation text,
    -- Place in team_members, from 1.
    source_position int not null check (source_position > 0),
    record_hash text,
    created_at timestamptz not null default now(),
    unique (research_uuid, source_position)
);
comment on table public.unified_company_member is 'people on companies'' websites';
comment on column public.unified_company_member.record_hash is
    'hash of the content; two pages may say the same, so it is not unique';
