-- What arrives, as it arrives.
create schema if not exists bronze;
comment on schema bronze is 'landed data: as collected, never edited';
