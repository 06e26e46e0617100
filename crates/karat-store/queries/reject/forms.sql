select id, form::text as form
from karat.load
where id = any ($1)
  and form is not null
