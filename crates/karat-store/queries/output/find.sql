select o.id::text, o.run, o.name, o.output, o.kind, o.sha256, o.bytes, o.content_type, o.rows,
       o.made_from::text,
       to_char(o.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as created_at
from karat.output o
where o.id::text = $1
