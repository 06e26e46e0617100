-- For pages that are asked for all the time, and for webhooks among many others.

create or replace function karat.to_review(of_entity text) returns bigint
language sql stable parallel safe as $$
    select coalesce((select sum((r.summary ->> 'review_pairs')::bigint)::bigint
                     from karat.resolution r
                     where of_entity is null or r.entity = of_entity), 0)
           - (select count(*)
              from karat.decided d
              where of_entity is null or d.entity = of_entity)
$$;
comment on function karat.to_review is
    'How many pairs nobody has decided, of an entity or of all: those that its last resolution counted, less the decided ones, because these are few.';

-- Finds the last message to a webhook, among those of others.
create index job_webhook on karat.job ((args -> 'webhook'), id desc) where kind = 'webhook';
