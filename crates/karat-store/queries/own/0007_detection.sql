-- What people chose where detection did not know which dataset a file is of.

create table karat.detection (
    header text not null,
    dataset text not null,
    headers text[] not null,
    times bigint not null default 1,
    chosen_at timestamptz not null default clock_timestamp(),
    command text not null,
    primary key (header, dataset)
);
comment on table karat.detection is
    'Datasets that were chosen for a header, by the digest of its names in order.';
