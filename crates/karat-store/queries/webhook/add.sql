-- A new webhook.
insert into karat.webhook (url, events, secret, made_by)
values ($1, $2, $3, $4)
returning id
