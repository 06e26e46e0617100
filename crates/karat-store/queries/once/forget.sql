-- Forgets a request that came to nothing, so that it can be asked again.
delete from karat.asked_once where account = $1 and key = $2 and status is null
