create schema if not exists karat;
create table if not exists karat.version (
    number int primary key,
    applied_at timestamptz not null default clock_timestamp()
);
