-- Evidence that is weighed, and the models that weigh it.

alter table karat.membership add weight real;
comment on column karat.membership.weight is 'Match weight in bits; none where tiers are declared.';
alter table karat.evidence add weight real;
comment on column karat.evidence.weight is 'Match weight in bits; none where tiers are declared.';

create table karat.model (
    id bigint generated always as identity primary key,
    entity text not null,
    kept_at timestamptz not null default clock_timestamp(),
    run bigint references karat.run on delete set null,
    origin text not null check (origin in ('resolve', 'train', 'import')),
    model jsonb not null
);
comment on table karat.model is 'Models, as they were learned or imported: the last of an entity is in force.';
create index model_by_entity on karat.model (entity, id desc);
