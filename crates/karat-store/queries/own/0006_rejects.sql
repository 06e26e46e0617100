-- Rejected rows that come back, and values for which there is no alias.

alter table karat.load
    add form jsonb,
    add replay boolean not null default false;
comment on column karat.load.form is
    'How the raw rows of its rejects are written, and the header of their file.';
comment on column karat.load.replay is 'Whether it loaded rejected rows that were mended.';

alter table karat.reject
    add state text not null default 'open'
        check (state in ('open', 'replayed', 'repeated', 'superseded', 'dismissed')),
    add replayed_by bigint references karat.load on delete set null,
    add replayed_line bigint,
    add superseded_by bigint references karat.load on delete set null,
    add first_load bigint,
    add first_line bigint,
    add reason text,
    add decided_by text,
    add decided_at timestamptz;
comment on column karat.reject.state is
    'open; replayed: loaded as row replayed_line of load replayed_by; repeated: rejected again '
    'there; superseded: load superseded_by read the same or all of it anew; dismissed by a person.';
comment on column karat.reject.first_load is
    'Where the row stood first, when it is one that was replayed and did not fit again.';
create index reject_by_replay on karat.reject (replayed_by, replayed_line)
    where replayed_by is not null;
create index reject_by_first on karat.reject (first_load, first_line) where first_load is not null;

create table karat.unmapped (
    load bigint not null references karat.load on delete cascade,
    "column" text not null,
    value text not null,
    least bigint not null,
    most bigint not null,
    primary key (load, "column", value)
);
comment on table karat.unmapped is
    'Values that the alias table of their column does not know, and how many at least and at most.';
