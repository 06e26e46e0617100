select source, count(*) as judged, count(distinct id) as good
from karat.membership
where entity = $1::text
group by source
order by source
