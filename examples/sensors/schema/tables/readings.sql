-- Readings, one for each sample and parameter. The flags are the laboratory's, and are kept.
create table if not exists public.readings (
    track_id text primary key,
    station_id text not null,
    date_time date not null,
    pcode text not null,
    lew_pct numeric,
    depth_m numeric,
    agency text,
    -- CAL: calculated from other parameters.
    ccode text,
    -- <NU: below what the method can tell from nothing.
    lcode text,
    scode text,
    qcode text,
    rcode text,
    -- Missing where nothing was measured; a zero is a zero.
    result numeric,
    validated smallint check (validated in (0, 1)),
    create_update date,
    owner text,
    selected_by text
);
comment on table public.readings is 'what gauges and the laboratory measured';
