-- An attempt to sign in under a name that nobody has, counted as in try.sql. After a day without
-- one a name is forgotten.
with forgotten as (
    delete from karat.stranger
    where at < now() - interval '1 day' and digest <> sha256(convert_to(lower($1), 'UTF8'))
)
insert into karat.stranger as s (digest, failures)
values (sha256(convert_to(lower($1), 'UTF8')), 1)
on conflict (digest) do update
set failures = s.failures + 1,
    at = now(),
    locked_until = case when s.failures >= 4
                        then now() + least(interval '30 seconds' * 2 ^ (least(s.failures, 20) - 4),
                                           interval '15 minutes') end
where s.locked_until is null
   or s.locked_until <= now()
