-- Programs that are told what happens here. Each delivery is a job, put into the queue by the very
-- transaction of which it tells.

create table karat.webhook (
    id bigint generated always as identity primary key,
    url text not null check (url ~ '^https?://' and length(url) <= 2000),
    events text[] not null default '{}',
    secret bytea,
    made_by text,
    made_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    check ((secret is null) = (ended_at is not null))
);
comment on column karat.webhook.events is 'What it is told; empty: everything.';
comment on column karat.webhook.secret is 'What signs the messages. It is forgotten when the webhook ends.';

create function karat.deliver(of_webhook bigint, event text, data jsonb) returns bigint
language sql set search_path = pg_catalog as $$
    insert into karat.job (kind, args, queue, state, max_attempts, requested_by)
    values ('webhook',
            jsonb_build_object('webhook', of_webhook,
                               'message', 'msg_' || replace(gen_random_uuid()::text, '-', ''),
                               'type', event,
                               'timestamp', to_char(clock_timestamp() at time zone 'UTC',
                                                    'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                               'data', data),
            'webhooks', 'available', 20, nullif(current_setting('karat.person', true), ''))
    returning id
$$;

create function karat.tell(event text, data jsonb) returns void
language sql set search_path = pg_catalog as $$
    select karat.deliver(w.id, event, data)
    from karat.webhook w
    where w.ended_at is null and (w.events = '{}' or event = any (w.events))
$$;

create function karat.tell_of_job() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    perform karat.tell(case new.state when 'discarded' then 'job.failed'
                                      else 'job.' || new.state end,
                       jsonb_build_object('job', new.id, 'kind', new.kind, 'state', new.state,
                                          'requested_by', new.requested_by, 'error', new.error));
    return null;
end
$$;
create trigger karat_tell after update of state on karat.job
    for each row
    when (new.state in ('completed', 'discarded', 'cancelled') and old.state <> new.state
          and new.kind <> 'webhook')
    execute function karat.tell_of_job();

create function karat.tell_of_run() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    perform karat.tell('run.' || new.status,
                       jsonb_build_object('run', new.id, 'command', new.command,
                                          'status', new.status, 'error', new.error));
    return null;
end
$$;
create trigger karat_tell after update of status on karat.run
    for each row
    when (new.status in ('done', 'failed') and old.status <> new.status)
    execute function karat.tell_of_run();

create function karat.tell_of_upload() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    perform karat.tell('upload.received',
                       jsonb_build_object('upload', new.id, 'sha256', new.sha256));
    return null;
end
$$;
create trigger karat_tell after insert on karat.upload
    for each row execute function karat.tell_of_upload();

-- Notes who told whom to be told, without what signs.
create function karat.note_webhook() returns trigger
language plpgsql security definer set search_path = pg_catalog set timezone = 'UTC' as $$
begin
    insert into karat.audit (relation, operation, key, before, after)
    values ('karat.webhook', lower(tg_op), coalesce(new.id, old.id)::text,
            to_jsonb(old) - 'secret', to_jsonb(new) - 'secret');
    return null;
end
$$;
revoke execute on function karat.note_webhook() from public;
create trigger karat_audit after insert or update or delete on karat.webhook
    for each row execute function karat.note_webhook();
