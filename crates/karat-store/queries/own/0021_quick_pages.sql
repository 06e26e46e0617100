-- For pages among a million jobs, and as many entities.

-- Finds whether a job like another one was completed after it.
create index job_completed on karat.job (kind, jsonb_hash(args), id) where state = 'completed';

create function karat.uncertainty(reason text, weight real, score smallint) returns float8
language sql immutable parallel safe as $$
    select case when reason not in ('weak', 'bridge') then 1
                when weight is null then 4 * (score / 100.0::float8) * (1 - score / 100.0::float8)
                else 4 / ((1 + 2 ^ -least(greatest(weight::float8, -60), 60))
                          * (1 + 2 ^ least(greatest(weight::float8, -60), 60)))
           end
$$;
comment on function karat.uncertainty is
    'How uncertain a pair is: 0, where one or the other is sure, to 1, where both are as likely. Evidence that something contradicts is as uncertain as can be.';

-- Finds the pairs that are most uncertain.
create index evidence_uncertain on karat.evidence (karat.uncertainty(reason, weight, score) desc)
    where verdict = 'review';

-- Finds the decision that was undone last.
create index decision_undone on karat.decision (undone_at) where undone_at is not null;

create view karat.undecided as
select v.*
from karat.evidence v
where v.verdict = 'review'
  and not exists (select
                  from karat.decision d
                  where d.undone_at is null
                    and (d.entity, d.source_a, d.key_a, d.source_b, d.key_b)
                        = (v.entity, v.source_a, v.key_a, v.source_b, v.key_b))
  and not exists (select
                  from karat.decision d
                  where d.undone_at is null
                    and (d.entity, d.source_b, d.key_b, d.source_a, d.key_a)
                        = (v.entity, v.source_a, v.key_a, v.source_b, v.key_b));
comment on view karat.undecided is 'Pairs to be reviewed that nobody has decided.';

create view karat.decided as
select v.*, d.verdict as decision
from karat.decision d
join karat.evidence v
    on (d.entity, d.source_a, d.key_a, d.source_b, d.key_b)
       = (v.entity, v.source_a, v.key_a, v.source_b, v.key_b)
where d.undone_at is null and v.verdict = 'review'
union
select v.*, d.verdict
from karat.decision d
join karat.evidence v
    on (d.entity, d.source_b, d.key_b, d.source_a, d.key_a)
       = (v.entity, v.source_a, v.key_a, v.source_b, v.key_b)
where d.undone_at is null and v.verdict = 'review';
comment on view karat.decided is 'Pairs to be reviewed about which a decision is in force.';

-- How many pairs nobody has decided, of an entity or of all: those that are to be reviewed, less the
-- decided ones, because these are few.
create function karat.to_review(of_entity text) returns bigint
language sql stable parallel safe as $$
    select (select count(*)
            from karat.evidence v
            where v.verdict = 'review' and (of_entity is null or v.entity = of_entity))
           - (select count(*)
              from karat.decided d
              where of_entity is null or d.entity = of_entity)
$$;
