-- How many jobs were given up of which none that is the same was completed later.
with given_up as materialized (
    select id, kind, args from karat.job where state = 'discarded'
), completed as materialized (
    select g.kind, g.args, (select max(j.id)
                            from karat.job j
                            where j.state = 'completed'
                              and j.kind = g.kind
                              and jsonb_hash(j.args) = jsonb_hash(g.args)
                              and j.args = g.args) as id
    from (select distinct kind, args from given_up) g
)
select count(*)
from given_up g
join completed c on c.kind = g.kind and c.args = g.args
where g.id > coalesce(c.id, 0)
