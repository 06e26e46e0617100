-- Who changed who may what, without what lets anybody in; and names that nobody has.

create table karat.stranger (
    digest bytea primary key,
    failures int not null,
    locked_until timestamptz,
    at timestamptz not null default now()
);
comment on table karat.stranger is
    'Attempts to sign in under names that nobody has. They are locked as accounts are, so that a lock tells nothing of who is there.';
comment on column karat.stranger.digest is 'SHA-256 of the name in small letters: people type passwords there.';

-- Notes changes of accounts and invitations, row by row. Attempts to sign in are noted where they
-- lock an account or unlock it; of a password only that it is another one.
create function karat.note_account() returns trigger
language plpgsql security definer
set search_path = pg_catalog set timezone = 'UTC' set datestyle = 'ISO' as $$
declare
    name constant text := tg_table_schema || '.' || tg_table_name;
    untold constant text[] := array['password', 'digest'];
    was jsonb;
    became jsonb;
    row_key text;
begin
    if tg_op = 'TRUNCATE' then
        execute format('insert into karat.audit (relation, operation, before) '
                       || 'select $1, ''truncate'', to_jsonb(r) - $2 from %s r', tg_relid::regclass)
            using name, untold;
        return null;
    end if;
    if tg_op <> 'INSERT' then
        was := to_jsonb(old);
    end if;
    if tg_op <> 'DELETE' then
        became := to_jsonb(new);
    end if;
    row_key := case tg_table_name
        when 'account' then coalesce(became, was) ->> 'name'
        else (select a.name
              from karat.account a
              where a.id = (coalesce(became, was) ->> 'account')::bigint)
    end;
    if tg_op = 'UPDATE' then
        if was - 'failures' = became - 'failures' then
            return null;
        end if;
        if was ->> 'password' <> became ->> 'password' then
            was := was || '{"password": "the old one"}';
            became := became || '{"password": "a new one"}';
        end if;
        select jsonb_object_agg(c.key, c.value), jsonb_object_agg(c.key, became -> c.key)
        into was, became
        from jsonb_each(was - 'digest') c
        where c.value is distinct from became -> c.key;
    else
        was := was - untold;
        became := became - untold;
    end if;
    insert into karat.audit (relation, operation, key, before, after)
    values (name, lower(tg_op), row_key, was, became);
    return null;
end
$$;
revoke execute on function karat.note_account() from public;

create trigger karat_audit after insert or update or delete on karat.account
    for each row execute function karat.note_account();
create trigger karat_audit after insert or update or delete on karat.invitation
    for each row execute function karat.note_account();
create trigger karat_audit_truncate before truncate on karat.account
    for each statement execute function karat.note_account();
create trigger karat_audit_truncate before truncate on karat.invitation
    for each statement execute function karat.note_account();
