-- Files that people handed over. The bytes are kept once, however often they come.
create table karat.upload (
    id bigint generated always as identity primary key,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    name text not null,
    bytes bigint not null check (bytes >= 0),
    uploaded_by text not null,
    uploaded_at timestamptz not null default clock_timestamp(),
    dataset text,
    job bigint references karat.job on delete set null
);
comment on column karat.upload.dataset is 'Where its rows go; none as long as nobody has said.';
create index upload_by_file on karat.upload (sha256, id desc);
