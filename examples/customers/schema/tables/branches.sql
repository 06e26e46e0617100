-- How people write the branches.
create table if not exists public.branches (
    alias text primary key,
    branch text not null
);
comment on table public.branches is 'every spelling of a branch, and the branch';
