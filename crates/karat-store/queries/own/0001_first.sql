-- Karat's own state. Every object here belongs to Karat; nothing here is part of a project.

create table karat.deployment (
    id bigint generated always as identity primary key,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    status text not null check (status in ('running', 'success', 'failed')),
    error text,
    report jsonb
);

create table karat.object (
    identity text primary key,
    kind text not null,
    fingerprint text not null,
    statement text not null,
    file text not null,
    live text,
    deployment bigint not null references karat.deployment,
    deployed_at timestamptz not null default clock_timestamp()
);
comment on table karat.object is
    'What was deployed: the statement, its fingerprint, and how the catalogue showed it then.';

create table karat.migration (
    file text primary key,
    fingerprint text not null,
    skipped boolean not null default false,
    deployment bigint not null references karat.deployment,
    applied_at timestamptz not null default clock_timestamp()
);

create table karat.run (
    id bigint generated always as identity primary key,
    command text not null,
    status text not null check (status in ('running', 'done', 'failed', 'abandoned')),
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    error text,
    summary jsonb
);

create table karat.step (
    run bigint not null references karat.run on delete cascade,
    name text not null,
    attempt int not null default 1,
    status text not null check (status in ('running', 'done', 'unchanged', 'failed')),
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    detail jsonb,
    primary key (run, name)
);

create table karat.file (
    sha256 text primary key,
    bytes bigint not null,
    name text not null,
    stored_at timestamptz not null default clock_timestamp()
);

create table karat.load (
    id bigint primary key,
    dataset text not null,
    origin text not null,
    sha256 text not null,
    settings text not null,
    run bigint references karat.run on delete set null,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    read bigint not null,
    inserted bigint not null,
    updated bigint not null,
    unchanged bigint not null,
    duplicate bigint not null,
    rejected bigint not null,
    removed bigint not null default 0,
    findings jsonb,
    constraint books_balance
        check (read = inserted + updated + unchanged + duplicate + rejected)
);
comment on table karat.load is
    'One arrival of data in one dataset. The check is the promise: no row is unaccounted for.';
create index load_by_dataset on karat.load (dataset, id desc);
create index load_by_file on karat.load (sha256);

create table karat.reject (
    load bigint not null references karat.load on delete cascade,
    line bigint not null,
    byte bigint,
    "column" text,
    rule text not null,
    message text not null,
    raw text not null
);
create index reject_by_load on karat.reject (load, line);

create table karat.entity (
    id uuid primary key,
    entity text not null,
    created_at timestamptz not null default clock_timestamp(),
    retired_at timestamptz,
    continued_by uuid
);
comment on column karat.entity.continued_by is
    'Where most of the records of a retired entity went: follow it to resolve an old id.';
create index entity_by_name on karat.entity (entity);

create table karat.membership (
    entity text not null,
    source text not null,
    key text not null,
    id uuid not null,
    score smallint,
    tier text,
    primary key (entity, source, key)
);
create index membership_by_id on karat.membership (id);

create table karat.evidence (
    entity text not null,
    source_a text not null,
    key_a text not null,
    source_b text not null,
    key_b text not null,
    score smallint not null,
    tier text not null,
    tiers text[] not null,
    verdict text not null check (verdict in ('merged', 'review')),
    reason text,
    primary key (entity, source_a, key_a, source_b, key_b)
);
create index evidence_to_review on karat.evidence (entity, score desc) where verdict = 'review';

create table karat.decision (
    id bigint generated always as identity primary key,
    entity text not null,
    source_a text not null,
    key_a text not null,
    source_b text not null,
    key_b text not null,
    verdict text not null check (verdict in ('same', 'different')),
    decided_by text not null,
    decided_at timestamptz not null default clock_timestamp(),
    reason text,
    undone_at timestamptz
);

create table karat.history (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    entity text not null,
    entity_id uuid not null,
    event text not null check (event in ('moved', 'removed', 'retired', 'revived')),
    source text,
    key text,
    other uuid
);
create index history_by_entity on karat.history (entity_id, id);

create table karat.resolution (
    entity text primary key,
    input text not null,
    settings text not null,
    golden text not null,
    run bigint references karat.run on delete set null,
    resolved_at timestamptz not null default clock_timestamp(),
    summary jsonb not null
);
