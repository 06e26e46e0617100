-- Loads that commit piece by piece, so that one that is killed goes on where it was.

create table karat.load_segment (
    load bigint not null references karat.load on delete cascade,
    number int not null,
    -- Where the rows are: in this table, or in the load's stage.
    table_schema text,
    table_name text,
    bytes bigint not null,
    fingerprint text not null,
    byte_from bigint not null,
    byte_to bigint not null,
    row_from bigint not null,
    row_to bigint not null,
    open_quotes int not null,
    hashed_to bigint not null,
    sha256 text not null,
    read bigint not null,
    rejected bigint not null,
    keyless bigint not null,
    staged bigint not null,
    cleaned jsonb not null,
    committed_at timestamptz not null default clock_timestamp(),
    primary key (load, number),
    constraint is_a_range check (byte_from <= byte_to and row_from <= row_to)
);
comment on table karat.load_segment is
    'Committed segments of loads that have not ended; a load that ends takes its rows out. Counts are those of the file from its beginning; row_to is the line on which byte_to stands.';
