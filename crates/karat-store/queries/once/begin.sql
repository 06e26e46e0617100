-- Whether nobody has asked this under this key within a day. Old answers go.
with gone as (
    delete from karat.asked_once
    where asked_at < now() - interval '1 day'
)
insert into karat.asked_once (account, key, request)
values ($1, $2, $3)
on conflict (account, key) do update
set request = excluded.request, asked_at = clock_timestamp(), status = null, kind = null, body = null
where asked_once.asked_at < now() - interval '1 day'
   or (asked_once.status is null and asked_once.asked_at < now() - interval '1 minute')
