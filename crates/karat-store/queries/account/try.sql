-- An attempt to sign in. It counts as a failure until it is known to be right, so that attempts at
-- one moment count too; the fifth in a row locks the account for 30 seconds, each further one for
-- twice as long, up to 15 minutes.
update karat.account a
set failures = a.failures + 1,
    locked_until = case when a.failures >= 4
                        then now() + least(interval '30 seconds' * 2 ^ (least(a.failures, 20) - 4),
                                           interval '15 minutes') end
where lower(a.name) = lower($1)
  and a.disabled_at is null
  and (a.locked_until is null or a.locked_until <= now())
returning a.id, a.password
