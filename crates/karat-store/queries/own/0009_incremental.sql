-- What changed since an entity was resolved, so that a resolution looks at no more than that.

create table karat.watch (
    entity text not null,
    role text not null check (role in ('source', 'golden')),
    source text not null,
    relation oid not null,
    key text not null,
    primary key (entity, role, source)
);
comment on table karat.watch is
    'Tables whose changes are put on record for an entity: its sources and its golden table.';
create index watch_by_relation on karat.watch (relation);

create table karat.change (
    entity text not null,
    role text not null,
    source text not null,
    key text,
    xact xid8 not null default pg_current_xact_id(),
    at timestamptz not null default clock_timestamp()
);
comment on column karat.change.key is 'Null where every row may have changed.';
create index change_by_entity on karat.change (entity);

-- Puts the keys of changed rows on record, whoever changed them. Arguments: what makes the key of
-- a row, and the role of the table.
create function karat.note_change() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    changed text := case tg_op
        when 'INSERT' then 'select %1$s as key from karat_new'
        when 'DELETE' then 'select %1$s as key from karat_old'
        when 'UPDATE' then 'select %1$s as key from karat_new union select %1$s from karat_old'
        else 'select null::text as key'
    end;
begin
    execute 'insert into karat.change (entity, role, source, key) '
        || 'select w.entity, w.role, w.source, r.key from karat.watch w cross join ('
        || format(changed, tg_argv[0])
        || ') r where w.relation = $1 and w.role = $2 and w.key = $3'
        using tg_relid, tg_argv[1], tg_argv[0];
    return null;
end
$$;

-- A decision changes the entities of both its records.
create function karat.note_decision() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into karat.change (entity, role, source, key)
    select w.entity, w.role, r.source, r.key
    from karat.watch w
    join (values (new.source_a, new.key_a), (new.source_b, new.key_b)) r (source, key)
        on r.source = w.source
    where w.entity = new.entity
      and w.role = 'source';
    return null;
end
$$;
create index decision_by_a on karat.decision (entity, source_a, key_a);
create index decision_by_b on karat.decision (entity, source_b, key_b);
create trigger karat_decision after insert or update of undone_at on karat.decision
    for each row execute function karat.note_decision();

-- Frequencies of values as they were when a model first weighed records; they stay with it.
create table karat.term (
    model bigint not null,
    field text not null,
    digest bigint not null,
    share float8 not null,
    primary key (model, field, digest)
);
create table karat.term_field (
    model bigint not null,
    field text not null,
    unseen float8 not null,
    primary key (model, field)
);
comment on column karat.term_field.unseen is 'The share of a text that was not there.';
alter table karat.model add column pinned_records bigint;
comment on column karat.model.pinned_records is
    'Of how many records its term frequencies are kept; null where they are still to be counted.';

-- Blocks too large to compare, by the digests of their keys.
create table karat.large_block (
    entity text not null,
    digest bigint not null,
    records bigint not null,
    primary key (entity, digest)
);

alter table karat.resolution
    add column model bigint,
    add column parted boolean not null default false;
comment on column karat.resolution.parted is
    'Whether blocking keys and connected parts are kept, so that a part can be resolved alone.';
