-- Notes that a token is in use.
update karat.token set used_at = now() where digest = $1
