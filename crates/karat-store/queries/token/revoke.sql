-- Ends a token; of one account, where one is given.
update karat.token
set revoked_at = clock_timestamp()
where id = $1
  and ($2::bigint is null or account = $2)
  and revoked_at is null
