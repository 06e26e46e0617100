-- What checks found, run by run, and the rows that fail them.

create table karat.check_result (
    run bigint not null references karat.run on delete cascade,
    suite text not null,
    "check" text not null,
    relation text not null,
    expectation text not null,
    severity text not null check (severity in ('warn', 'block')),
    verdict text not null check (verdict in ('passed', 'violated', 'error')),
    elements bigint,
    evaluated bigint,
    unexpected bigint,
    waived bigint,
    observed jsonb,
    error text,
    at timestamptz not null default clock_timestamp(),
    primary key (run, suite, "check")
);
create index check_result_by_check on karat.check_result (suite, "check", run desc);

create table karat.check_score (
    run bigint not null references karat.run on delete cascade,
    suite text not null,
    score double precision,
    threshold double precision,
    primary key (run, suite)
);

create table karat.check_failure (
    suite text not null,
    "check" text not null,
    key jsonb not null,
    value jsonb,
    state text not null check (state in ('open', 'waived', 'fixed')),
    first_run bigint not null,
    last_run bigint not null,
    reason text,
    decided_by text,
    decided_at timestamptz,
    primary key (suite, "check", key)
);
comment on table karat.check_failure is
    'Rows that fail a check, by their key: open, waived by a person, or fixed since.';
