-- What was changed, the last first. A table without its schema is one of the schema public.
select a.id,
       to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
       a.login, a.role, a.person, a.interface, a.application, a.run, a.relation, a.operation,
       a.key, a.before::text as before, a.after::text as after, a.counted
from karat.audit a
where ($1::text is null or a.relation in ($1, 'public.' || $1))
  and ($2::text is null or a.key = $2)
  and ($3::text is null or a.at >= $3::text::timestamptz)
  and ($4::text is null or $4 in (a.person, a.login, a.role))
order by a.id desc
limit $5
