-- Sorted first, so that an aggregate without an order of its own sees records in theirs.
select cluster, (
an_expression
)::text
from (select * from karat_offers order by cluster, record, value) offers
group by cluster
order by cluster
