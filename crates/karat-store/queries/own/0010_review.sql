-- Decisions on whole entities, and pairs about which nobody is sure.

alter table karat.decision
    drop constraint decision_verdict_check,
    add constraint decision_verdict_check check (verdict in ('same', 'different', 'unsure')),
    add column act bigint,
    add column undone_by text;
comment on column karat.decision.act is
    'The first of the decisions that were made together: a merge or a split is several.';
update karat.decision set act = id;
