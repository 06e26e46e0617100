-- Files that runs produced: what they hold lies in storage, under its SHA-256.

create table karat.output (
    id uuid primary key default gen_random_uuid(),
    run bigint not null references karat.run,
    name text not null,
    output text not null,
    kind text not null check (kind in ('pivot', 'export', 'dashboard', 'lineage', 'manifest')),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    bytes bigint not null check (bytes >= 0),
    content_type text not null,
    rows bigint check (rows >= 0),
    made_from jsonb not null,
    created_at timestamptz not null default clock_timestamp(),
    unique (run, name)
);
comment on table karat.output is
    'Files that runs produced. What the last manifest lists is in force.';
comment on column karat.output.output is 'The file in outputs/ that declares it, without its ending.';
comment on column karat.output.made_from is
    'What it was made from: its inputs, their state, the declaration and what was noted.';
create index output_manifest on karat.output (run desc) where kind = 'manifest';
create index output_by_content on karat.output (sha256);

-- Keys that links to outputs are signed with. The newest that is in force signs.
create table karat.link_key (
    id bigint generated always as identity primary key,
    secret bytea not null,
    created_at timestamptz not null default clock_timestamp(),
    retires_at timestamptz
);
comment on column karat.link_key.retires_at is
    'From then on no link that it signed is good; none: until somebody says so.';
revoke all on karat.link_key from public;
