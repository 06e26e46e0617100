update karat.session set seen_at = now() where digest = $1
