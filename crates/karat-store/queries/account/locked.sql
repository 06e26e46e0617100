-- For how many seconds nobody comes in by this name, whether or not somebody has it.
select ceil(extract(epoch from l.locked_until - now()))::bigint
from (select a.locked_until
      from karat.account a
      where lower(a.name) = lower($1)
      union all
      select s.locked_until
      from karat.stranger s
      where s.digest = sha256(convert_to(lower($1), 'UTF8'))) l
where l.locked_until > now()
order by l.locked_until desc
limit 1
