select tgname::text
from pg_trigger
where tgrelid = $1::text::regclass
  and tgname like 'karat\_audit\_%'
order by tgname
