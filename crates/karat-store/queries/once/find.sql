-- What was answered under a key.
select request, status, kind, body from karat.asked_once where account = $1 and key = $2
