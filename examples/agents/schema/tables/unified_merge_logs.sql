-- One row for each run of the resolution. Written in its own transaction, or a failed run would
-- take its own log with it; clock_timestamp, or every run would last no time.
create table if not exists public.unified_merge_logs (
    id bigserial primary key,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    total_processed bigint not null default 0,
    status text not null default 'running' check (status in ('running', 'completed', 'failed')),
    error_message text,
    -- How many pairs each tier decided: {"email": 1134, "phone": 471, ...}.
    tier_counts jsonb not null default '{}',
    check (finished_at >= started_at),
    check ((status = 'running') = (finished_at is null))
);
comment on table public.unified_merge_logs is 'runs of the resolution';
