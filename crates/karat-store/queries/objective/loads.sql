select (extract(epoch from $2::text::timestamptz - max(l.finished_at)) / 86400)::float8
from karat.load l
where l.dataset = $1::text
  and l.finished_at <= $2::text::timestamptz
