-- What objectives reached, and the metrics of checks of anomalies, run by run.

create table karat.objective_result (
    run bigint not null references karat.run on delete cascade,
    file text not null,
    objective text not null,
    part text not null default '',
    at timestamptz not null,
    dimension text not null,
    severity text not null check (severity in ('warn', 'block')),
    target double precision not null,
    budget double precision not null,
    judged bigint,
    good bigint,
    actual double precision,
    bad double precision,
    verdict text check (verdict in ('met', 'violated', 'nothing', 'error')),
    error text,
    primary key (run, file, objective, part)
);
create index objective_result_by_time on karat.objective_result (file, objective, at);
comment on table karat.objective_result is
    'What each objective reached when; the part is a table, a dataset or a source of it, or empty for the whole, which alone has a verdict.';
comment on column karat.objective_result.at is 'What counted as now.';
comment on column karat.objective_result.bad is 'The share that was bad: what the run took of the error budget.';

create table karat.metric (
    run bigint not null references karat.run on delete cascade,
    suite text not null,
    "check" text not null,
    day date not null,
    settings text not null,
    value jsonb not null,
    anomalous boolean not null,
    primary key (run, suite, "check")
);
create index metric_by_check on karat.metric (suite, "check", day);
comment on table karat.metric is
    'What checks of anomalies compare: of each run, on the day that counted as now or on which the load ended.';
