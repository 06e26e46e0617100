-- History that can be replayed: since when each record is in its entity, by which run and why.

alter table karat.membership
    add since timestamptz,
    add run bigint;
update karat.membership m
set since = coalesce(
        (select max(h.at)
         from karat.history h
         where h.event = 'moved'
           and h.entity = m.entity
           and h.source = m.source
           and h.key = m.key
           and h.other = m.id),
        (select e.created_at from karat.entity e where e.id = m.id));
alter table karat.membership
    alter since set default now(),
    alter run set default nullif(current_setting('karat.run', true), '')::bigint;
comment on column karat.membership.since is
    'Since when the record is in this entity: the moment of the transaction that put it there.';

alter table karat.entity add run bigint;
alter table karat.entity
    alter created_at set default now(),
    alter run set default nullif(current_setting('karat.run', true), '')::bigint;
comment on column karat.entity.run is 'The run that made it.';

alter table karat.history
    add run bigint,
    add since timestamptz,
    add since_run bigint,
    add score smallint,
    add tier text,
    add decision bigint references karat.decision on delete set null;
alter table karat.history
    alter at set default now(),
    alter run set default nullif(current_setting('karat.run', true), '')::bigint;
comment on column karat.history.since is
    'Of moved and removed: since when the record had been in entity_id, and by which run.';
comment on column karat.history.tier is
    'Of moved and removed: the evidence that had held the record; null if none or a decision did.';
comment on column karat.history.decision is
    'The last decision since the resolution before that is about records of the two entities.';
create index history_by_other on karat.history (other) where other is not null;

create view karat.event as
select e.entity, e.id as entity_id, e.created_at as at, e.run, 'created' as event,
       null::text as source, null::text as key, null::uuid as other,
       null::smallint as score, null::text as tier, null::bigint as decision
from karat.entity e
union all
select m.entity, m.id, m.since, m.run, 'joined', m.source, m.key, came.entity_id,
       m.score, m.tier, came.decision
from karat.membership m
left join karat.history came
    on came.event = 'moved'
   and came.other = m.id
   and came.at = m.since
   and came.source = m.source
   and came.key = m.key
union all
select h.entity, h.entity_id, h.since, h.since_run, 'joined', h.source, h.key, came.entity_id,
       h.score, h.tier, came.decision
from karat.history h
left join karat.history came
    on came.event = 'moved'
   and came.other = h.entity_id
   and came.at = h.since
   and came.source = h.source
   and came.key = h.key
where h.event in ('moved', 'removed')
union all
select h.entity, h.entity_id, h.at, h.run, 'left', h.source, h.key, h.other,
       null, null, h.decision
from karat.history h
where h.event in ('moved', 'removed')
union all
select h.entity, h.entity_id, h.at, h.run,
       case when h.other is null then h.event else 'merged' end,
       null, null, h.other, null, null,
       (select max(m.decision)
        from karat.history m
        where m.entity_id = h.entity_id and m.event = 'moved' and m.at = h.at)
from karat.history h
where h.event in ('retired', 'revived')
union all
select h.entity, h.entity_id, h.at, h.run, 'split', null, null, h.other,
       null, null, max(h.decision)
from karat.history h
where h.event = 'moved'
  and (exists (select 1 from karat.entity e where e.id = h.other and e.created_at = h.at)
       or exists (select 1
                  from karat.history back
                  where back.entity_id = h.other and back.event = 'revived' and back.at = h.at))
  and not exists (select 1
                  from karat.history gone
                  where gone.entity_id = h.entity_id
                    and gone.event = 'retired'
                    and gone.at = h.at)
group by h.entity, h.entity_id, h.at, h.run, h.other;
comment on view karat.event is
    'What happened to entities: created, joined (other: where from), left (other: where to), merged (other goes on), split (other is new or back), retired, revived. A joined without a later left is a membership.';

create function karat.current_id(uuid) returns uuid
    language sql stable
    as $$
        with recursive step (id, continued_by, retired_at) as (
            select e.id, e.continued_by, e.retired_at
            from karat.entity e
            where e.id = $1
            union
            select e.id, e.continued_by, e.retired_at
            from step s
            join karat.entity e on e.id = s.continued_by
            where s.retired_at is not null
        )
        select id from step where retired_at is null
    $$;
comment on function karat.current_id(uuid) is
    'The entity that an id leads to today: itself, or the one that most of its records went to. Null where nothing continues it, or where it was never an id.';
