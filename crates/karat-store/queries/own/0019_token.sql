-- What programs show instead of a password, and what they asked for once.

create table karat.token (
    id bigint generated always as identity primary key,
    digest bytea not null unique,
    account bigint not null references karat.account on delete cascade,
    name text not null check (name ~ '^[^[:cntrl:]]{1,100}$'),
    role text not null check (role in ('viewer', 'operator', 'admin')),
    created_at timestamptz not null default clock_timestamp(),
    ends_at timestamptz not null,
    used_at timestamptz,
    revoked_at timestamptz
);
comment on column karat.token.digest is 'SHA-256 of the token.';
comment on column karat.token.role is 'What it allows at most; never more than its account may.';
create index token_by_account on karat.token (account);

create table karat.asked_once (
    account bigint not null references karat.account on delete cascade,
    key text not null,
    request bytea not null,
    asked_at timestamptz not null default clock_timestamp(),
    status smallint,
    kind text,
    body bytea,
    primary key (account, key)
);
comment on table karat.asked_once is
    'Requests with an Idempotency-Key and what was answered: the same key gets the same answer for a day.';
comment on column karat.asked_once.request is 'SHA-256 of method, path and body.';
comment on column karat.asked_once.status is 'None as long as the first such request is not answered.';
