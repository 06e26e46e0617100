-- For pages that are asked for all the time, and for webhooks among many others.

alter table karat.resolution add column reviews bigint not null default 0;
comment on column karat.resolution.reviews is
    'Pairs that were to be reviewed when the entity was resolved, decided ones included.';
update karat.resolution r
set reviews = (select count(*)
               from karat.evidence v
               where v.entity = r.entity and v.verdict = 'review');

create or replace function karat.to_review(of_entity text) returns bigint
language sql stable parallel safe as $$
    select coalesce((select sum(r.reviews)::bigint
                     from karat.resolution r
                     where of_entity is null or r.entity = of_entity), 0)
           - (select count(*)
              from karat.decided d
              where of_entity is null or d.entity = of_entity)
$$;
comment on function karat.to_review is
    'How many pairs nobody has decided, of an entity or of all: those that are to be reviewed, less the decided ones, because these are few.';

-- Finds the last message to a webhook, among those of others.
create index job_webhook on karat.job ((args -> 'webhook'), id desc) where kind = 'webhook';
