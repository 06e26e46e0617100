-- Orders with every kind of flaw, the same for the same :rows: each column is a function of the
-- row's number.
drop table if exists public.gx_orders, public.gx_customers;
create table public.gx_customers as
select 'C' || i as customer from generate_series(0, 4899) i;
create table public.gx_orders as
select
    i as id,
    'C' || i::bigint * 7919 % 5000 as customer,
    case when i % 97 = 0 then null
         when i % 501 = 0 then 'nobody'
         else 'user' || i || '@example.com' end as email,
    (array['new', 'paid', 'sent', 'paid', 'lost', 'paid', 'sent'])[1 + i % 7] as status,
    case when i % 1009 = 0 then 'ab' || i else 'AB-' || lpad((i % 10000)::text, 4, '0') end as code,
    (i::bigint * 104729 % 10007)::double precision / 100 as amount,
    case when i % 1013 = 0 then -1 else i % 12 * 31 % 12 end as quantity,
    case when i % 53 = 0 then null else i % 100 end as a,
    case when i % 211 = 0 then i % 100 + 1 else i % 100 end as b,
    100 - i % 100 as rest,
    date '2024-01-01' + (i % 700)::integer as ordered,
    date '2024-01-01' + (i % 700)::integer + (i % 9)::integer - 1 as shipped,
    case when i % 5 = 0 then null else 'note ' || i % 13 end as note
from generate_series(1, :rows) i;
analyze public.gx_orders;
