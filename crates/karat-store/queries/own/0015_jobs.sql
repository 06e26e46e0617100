-- Jobs: what is to be done in the background, by whichever worker comes first.

create table karat.job (
    id bigint generated always as identity primary key,
    kind text not null,
    args jsonb not null default '{}',
    queue text not null default 'default',
    priority smallint not null default 0,
    state text not null check (state in ('waiting', 'available', 'scheduled', 'running',
                                         'retryable', 'completed', 'discarded', 'cancelled')),
    run_at timestamptz not null default clock_timestamp(),
    attempt int not null default 0 check (attempt >= 0),
    failures int not null default 0 check (failures between 0 and max_attempts),
    max_attempts int not null default 5 check (max_attempts > 0),
    time_limit interval check (time_limit > interval '0'),
    unique_key text,
    lane text,
    parents bigint[] not null default '{}',
    worker text,
    progress jsonb,
    result jsonb,
    error text,
    errors jsonb not null default '[]',
    cancel_asked_at timestamptz,
    cancel_asked_by text,
    requested_by text,
    interface text not null default 'sql',
    created_at timestamptz not null default clock_timestamp(),
    started_at timestamptz,
    finished_at timestamptz,
    check ((state in ('completed', 'discarded', 'cancelled')) = (finished_at is not null)),
    check (state <> 'running' or worker is not null and started_at is not null),
    check (state <> 'waiting' or parents <> '{}')
);
comment on column karat.job.attempt is
    'How often it was begun: the fencing token. Only who holds the last one may commit anything.';
comment on column karat.job.failures is
    'How many attempts count against max_attempts: not those that were handed back or had to wait.';
comment on column karat.job.lane is 'Jobs of one lane run one after the other.';
comment on column karat.job.unique_key is 'No two jobs that have not ended have the same.';
comment on column karat.job.parents is 'Jobs that have to be completed before this one begins.';

-- None of these holds a job that has ended, so that a million of them slow nothing.
create index job_available on karat.job (priority desc, id) where state = 'available';
create index job_due on karat.job (run_at) where state in ('scheduled', 'retryable');
create index job_waiting on karat.job (id) where state = 'waiting';
create unique index job_lane on karat.job (lane) where state = 'running';
create unique index job_unique on karat.job (unique_key)
    where state in ('waiting', 'available', 'scheduled', 'running', 'retryable');

create index job_by_parent on karat.job using gin (parents) where parents <> '{}';
create index job_by_state on karat.job (state, id desc);
create index job_by_kind on karat.job (kind, id desc);
create index job_finished on karat.job (finished_at) where finished_at is not null;

-- The attempt that goes on. Heartbeats touch this row and not the job's, so that a long transaction
-- that sees all as it was may still look at the job.
create table karat.lease (
    job bigint primary key references karat.job on delete cascade,
    attempt int not null,
    worker text not null,
    until timestamptz not null,
    beat_at timestamptz not null default clock_timestamp(),
    progress jsonb
);
create index lease_until on karat.lease (until);

-- What became of what an attempt did.
alter table karat.run add column job bigint, add column attempt int;
create index run_by_job on karat.run (job) where job is not null;

-- What may follow what.
create function karat.may_follow(state text, next text) returns boolean
language sql immutable set search_path = pg_catalog as $$
    select (state, next) in (
        ('waiting', 'available'), ('waiting', 'scheduled'), ('waiting', 'cancelled'),
        ('available', 'running'), ('available', 'cancelled'),
        ('scheduled', 'available'), ('scheduled', 'cancelled'),
        ('running', 'completed'), ('running', 'retryable'), ('running', 'discarded'),
        ('running', 'cancelled'), ('running', 'available'), ('running', 'scheduled'),
        ('retryable', 'available'), ('retryable', 'cancelled'),
        ('discarded', 'available'), ('discarded', 'waiting'), ('discarded', 'cancelled'),
        ('cancelled', 'available'), ('cancelled', 'waiting'))
$$;

create function karat.keep_job() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    if tg_op = 'INSERT' then
        if new.state not in ('waiting', 'available', 'scheduled') or new.attempt <> 0 then
            raise exception 'a job cannot begin as %', new.state using errcode = 'check_violation';
        end if;
    else
        if old.state <> new.state and not karat.may_follow(old.state, new.state) then
            raise exception 'a job that is % cannot become %', old.state, new.state
                using errcode = 'check_violation';
        end if;
        if new.attempt <> old.attempt + (new.state = 'running' and old.state <> 'running')::int then
            raise exception 'attempt % of a job cannot be followed by %', old.attempt, new.attempt
                using errcode = 'check_violation';
        end if;
    end if;
    -- A token that a crash of the server takes back would be given to somebody else.
    if current_setting('synchronous_commit') = 'off' then
        perform set_config('synchronous_commit', 'on', true);
    end if;
    return new;
end
$$;
create trigger karat_keep_job before insert or update on karat.job
    for each row execute function karat.keep_job();

-- The last statement of each transaction of an attempt: until it has committed nobody can take the
-- job from it, and where somebody did, it does not commit.
create function karat.fence(job bigint, attempt int, worker text) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    perform
    from karat.job j
    where j.id = fence.job
      and j.attempt = fence.attempt
      and j.worker = fence.worker
      and j.state = 'running'
    for share;
    if not found then
        raise exception 'attempt % at job % is not in force any more', attempt, job
            using errcode = 'KA001';
    end if;
end
$$;
