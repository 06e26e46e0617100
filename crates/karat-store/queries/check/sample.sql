select "check", key::text, value::text
from karat_failing
where place <= $1
order by "check", place
