create temporary table if not exists karat_failing (
    "check" text not null,
    key jsonb not null,
    value jsonb,
    waived boolean not null,
    place bigint not null
) on commit drop
