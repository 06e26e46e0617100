-- 32 bytes, 244 bits of which are the server's strong random numbers.
insert into karat.link_key (secret)
values (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'))
returning id, secret
