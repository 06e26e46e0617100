-- What loads changed of the shape of tables that no schema file declares.

create table karat.schema_change (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    load bigint references karat.load on delete set null deferrable initially deferred,
    "table" text not null,
    "column" text,
    change text not null check (change in ('create_table', 'add_column', 'widen_column')),
    before text,
    after text not null,
    check (("column" is null) = (change = 'create_table'))
);
comment on table karat.schema_change is
    'Tables that Karat made, and the columns that loads added or widened since: types before and after.';
comment on column karat.schema_change.load is
    'The load in whose transaction it happened; a table is made before its first load.';
create index schema_change_by_table on karat.schema_change ("table", id);
