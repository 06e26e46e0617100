-- Where a message goes, and what signs it.
select url, secret
from karat.webhook
where id = $1 and ended_at is null
