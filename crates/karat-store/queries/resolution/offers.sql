create temp table karat_offers (
    cluster bigint,
    record bigint,
    value text,
    source text,
    key text,
    trust bigint,
    changed bigint
) on commit drop
