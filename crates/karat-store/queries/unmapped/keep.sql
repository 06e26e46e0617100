insert into karat.unmapped (load, "column", value, least, most)
select $1::bigint, "column", value, least, most
from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) as given ("column", value, least, most)
