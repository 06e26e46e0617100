-- People who use the pages. What lets one in is kept as a hash alone.

create table karat.account (
    id bigint generated always as identity primary key,
    name text not null check (name ~ '^[^[:cntrl:]]{1,100}$'),
    role text not null check (role in ('viewer', 'operator', 'admin')),
    password text not null,
    created_at timestamptz not null default clock_timestamp(),
    created_by text,
    disabled_at timestamptz,
    failures int not null default 0,
    locked_until timestamptz
);
comment on column karat.account.password is 'Argon2id, with its salt and costs.';
comment on column karat.account.failures is 'Attempts to sign in since the last that was right.';
create unique index account_by_name on karat.account (lower(name));

create table karat.session (
    digest bytea primary key,
    account bigint not null references karat.account on delete cascade,
    began_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp(),
    agent text
);
comment on column karat.session.digest is 'SHA-256 of what the browser keeps.';
create index session_by_account on karat.session (account);

create table karat.invitation (
    digest bytea primary key,
    role text not null check (role in ('viewer', 'operator', 'admin')),
    account bigint references karat.account on delete cascade,
    created_at timestamptz not null default clock_timestamp(),
    created_by text,
    ends_at timestamptz not null,
    used_at timestamptz
);
comment on table karat.invitation is
    'Links that each let one person in once: with a new account, or with a new password for one.';
