insert into karat.output (run, name, output, kind, sha256, bytes, content_type, rows, made_from)
select $1, o.name, o.output, o.kind, o.sha256, o.bytes, o.content_type, o.rows, o.made_from
from jsonb_to_recordset($2::text::jsonb) as o (name text, output text, kind text, sha256 text,
                                               bytes bigint, content_type text, rows bigint,
                                               made_from jsonb)
