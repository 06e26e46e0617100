-- What resolutions counted, so that the last can be compared with the first of a model.

create table karat.drift (
    entity text not null,
    number bigint not null,
    at timestamptz not null default now(),
    run bigint references karat.run on delete set null,
    model bigint,
    settings text not null,
    whole boolean not null,
    resolutions bigint not null default 1,
    counts jsonb not null,
    primary key (entity, number)
);
comment on table karat.drift is
    'Counts of each resolution of all records, and the sums of those of parts, day by day.';
comment on column karat.drift.at is 'Of sums the last resolution.';

-- What waits is counted without looking at what was done long ago.
create index reject_open on karat.reject (load) where state = 'open';
