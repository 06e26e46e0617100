-- What people say golden fields are, and who changed what.

-- Numbers are shared with decisions: both are listed and taken back by number.
create table karat.override (
    id bigint primary key default nextval('karat.decision_id_seq'),
    entity text not null,
    entity_id uuid not null,
    field text not null,
    "values" text[] not null,
    decided_by text not null,
    decided_at timestamptz not null default clock_timestamp(),
    reason text,
    undone_at timestamptz,
    undone_by text
);
comment on table karat.override is
    'What a person says a golden field of an entity is, instead of what the field''s rule chooses; no values where it has none.';
create index override_by_entity on karat.override (entity_id, field, id desc);

create view karat.override_in_force as
select o.id, o.entity, o.entity_id, o.field, o."values", o.decided_by, o.decided_at, o.reason,
       case when e.retired_at is null then e.id else karat.current_id(e.id) end as home
from karat.override o
join karat.entity e on e.id = o.entity_id
where o.undone_at is null
  and not exists (select 1
                  from karat.override later
                  where later.undone_at is null
                    and later.entity_id = o.entity_id
                    and later.field = o.field
                    and later.id > o.id);
comment on view karat.override_in_force is
    'The last override of each field of each id, and home, the entity of today that its id leads to. Of several of one home the one with the largest id counts.';

-- An override changes the entity that its id leads to when the next resolution looks.
create function karat.note_override() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    said record := case tg_op when 'DELETE' then old else new end;
begin
    insert into karat.change (entity, role, source, key)
    select w.entity, w.role, w.source, said.entity_id::text
    from karat.watch w
    where w.entity = said.entity
      and w.role = 'golden';
    return null;
end
$$;
create trigger karat_override after insert or update or delete on karat.override
    for each row execute function karat.note_override();

create table karat.audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    login text not null default session_user,
    role text default nullif(current_setting('role', true), 'none'),
    person text default nullif(current_setting('karat.person', true), ''),
    interface text not null
        default coalesce(nullif(current_setting('karat.interface', true), ''), 'sql'),
    application text default nullif(current_setting('application_name', true), ''),
    run bigint default nullif(current_setting('karat.run', true), '')::bigint,
    relation text not null,
    operation text not null check (operation in ('insert', 'update', 'delete', 'truncate')),
    key text,
    before jsonb,
    after jsonb,
    counted bigint
);
comment on table karat.audit is
    'Who changed what, when and through what; of an update the columns that changed. It is only ever added to.';
comment on column karat.audit.person is
    'For whom, as the session said (karat.person); login and role are what the server knows.';
comment on column karat.audit.counted is
    'How many rows Karat itself wrote with a statement whose rows are not listed one by one.';
create index audit_by_key on karat.audit (key) where key is not null;

create function karat.keep_audit() returns trigger
language plpgsql as $$
begin
    raise exception 'the audit cannot be changed'
        using errcode = 'insufficient_privilege', hint = 'rows are only ever added to karat.audit';
end
$$;
create trigger karat_keep_audit before update or delete or truncate on karat.audit
    for each statement execute function karat.keep_audit();
alter table karat.audit enable always trigger karat_keep_audit;

-- Puts what a statement changed on record. Arguments: what makes the key of a row; whose table it
-- is (golden, dataset, karat); and a condition on operation, before and after, where not every
-- change matters. A row whose key changes is one that went and one that came.
create function karat.note_audit() returns trigger
language plpgsql security definer
set search_path = pg_catalog set timezone = 'UTC' set datestyle = 'ISO' as $$
declare
    -- So many golden rows that one statement of Karat's makes are listed, and no row of a load.
    listed constant bigint := case tg_argv[1] when 'golden' then 10000 else 0 end;
    is_ours constant boolean := current_setting('karat.interface', true) in ('cli', 'run');
    name constant text := tg_table_schema || '.' || tg_table_name;
    rows constant text := case tg_op when 'INSERT' then 'karat_new'
                                     when 'TRUNCATE' then tg_relid::regclass::text
                                     else 'karat_old' end;
    changes constant text := case tg_op
        when 'INSERT' then $sql$
            select $2 as operation, %1$s collate "C" as key, null::jsonb as before, to_jsonb(karat_r) as after
            from %2$s karat_r$sql$
        when 'UPDATE' then $sql$
            select case when o is null then 'insert' when n is null then 'delete' else $2 end
                       as operation,
                   key,
                   case when n is null then o else changed.before end as before,
                   case when o is null then n when n is not null then changed.after end as after
            -- "offset 0": rows are made into JSON once, and not for each of their columns.
            from (select %1$s collate "C" as key, to_jsonb(karat_r) as o
                  from karat_old karat_r offset 0) was
            full join (select %1$s collate "C" as key, to_jsonb(karat_r) as n
                       from karat_new karat_r offset 0) became using (key)
            cross join lateral (select jsonb_object_agg(c.key, c.value) as before,
                                       jsonb_object_agg(c.key, n -> c.key) as after
                                from jsonb_each(o) c
                                where c.value is distinct from n -> c.key) changed
            where o is distinct from n$sql$
        else $sql$
            select $2 as operation, %1$s collate "C" as key, to_jsonb(karat_r) as before, null::jsonb as after
            from %2$s karat_r$sql$
    end;
    many bigint;
begin
    if is_ours and (tg_argv[1] = 'dataset' or tg_argv[1] = 'golden' and tg_op = 'INSERT') then
        execute 'select count(*) from ' || rows into many;
        if many = 0 then
            return null;
        elsif many > listed then
            insert into karat.audit (relation, operation, counted)
            values (name, lower(tg_op), many);
            return null;
        end if;
    end if;
    execute 'insert into karat.audit (relation, operation, key, before, after) '
        || 'select $1, operation, key, before, after '
        || 'from (' || format(changes, tg_argv[0], rows) || ') c '
        || 'where ' || coalesce(tg_argv[2], 'true') || ' order by key'
        using name, lower(tg_op);
    return null;
end
$$;
revoke execute on function karat.note_audit() from public;

-- Keys are what Karat's own sessions make of them, whatever the session that changes a row.
alter function karat.note_change() set timezone = 'UTC' set datestyle = 'ISO' set extra_float_digits = 1;
alter function karat.note_audit() set extra_float_digits = 1;

-- Karat's own tables of what people say. The number of an act is set by a second statement, which
-- says nothing.
do $$
declare
    own record;
    event record;
begin
    for own in
        select *
        from (values ('decision', 'id::text', $m$after is null or after - 'act' <> '{}'$m$),
                     ('override', 'id::text', 'true'),
                     ('check_failure', $k$concat_ws(':', suite, "check", key::text)$k$,
                      $m$'waived' in (before ->> 'state', after ->> 'state')
                         or coalesce(before ->> 'decided_at', after ->> 'decided_at') is not null$m$)
             ) as t (name, key, matters)
    loop
        for event in
            select *
            from (values ('insert', 'after', 'referencing new table as karat_new'),
                         ('update', 'after',
                          'referencing old table as karat_old new table as karat_new'),
                         ('delete', 'after', 'referencing old table as karat_old'),
                         ('truncate', 'before', '')) as t (name, moment, seeing)
            -- A row that fails is not waived yet, and there may be a million of them.
            where (own.name, t.name) <> ('check_failure', 'insert')
        loop
            execute format(
                'create trigger karat_audit_%s %s %s on karat.%I %s for each statement '
                || 'execute function karat.note_audit(%L, ''karat'', %L)',
                event.name, event.moment, event.name, own.name, event.seeing, own.key,
                own.matters);
        end loop;
    end loop;
end
$$;
