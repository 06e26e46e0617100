-- Who fetched which file that a run made; it is only ever added to.
create table karat.download (
    id bigint generated always as identity primary key,
    output uuid not null,
    name text not null,
    sha256 text not null,
    at timestamptz not null default clock_timestamp(),
    person text,
    agent text
);
comment on column karat.download.person is 'None where whoever had the link was not signed in.';
create index download_by_output on karat.download (output, id desc);
create function karat.keep_download() returns trigger
language plpgsql as $$
begin
    raise exception 'what was fetched cannot be changed'
        using errcode = 'insufficient_privilege', hint = 'rows are only ever added to karat.download';
end
$$;
create trigger karat_keep_download before update or delete or truncate on karat.download
    for each statement execute function karat.keep_download();
