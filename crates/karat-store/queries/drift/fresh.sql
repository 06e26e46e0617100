-- Of the records in karat_changed those that came or were changed themselves: no decision was made
-- about them, and no golden row of theirs was touched.
select c.source, c.key
from karat_changed c
where exists (select
              from karat.change n
              where n.entity = $1
                and n.role = 'source'
                and n.source = c.source
                and n.key = c.key)
  and not exists (select
                  from karat.decision d
                  where d.entity = $1
                    and ((d.source_a, d.key_a) = (c.source, c.key)
                         or (d.source_b, d.key_b) = (c.source, c.key))
                    and greatest(d.decided_at, d.undone_at)
                        >= (select r.resolved_at from karat.resolution r where r.entity = $1))
