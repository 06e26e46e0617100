-- Keeps what was answered.
update karat.asked_once set status = $3, kind = $4, body = $5 where account = $1 and key = $2
