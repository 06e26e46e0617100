-- The loads with open rejects, the latest first, with how their raw rows are written.
select l.id, l.dataset, l.origin, l.form::text as form, first.form::text as first_form,
       r.first_load, count(*) as rows
from karat.reject r
join karat.load l on l.id = r.load
left join karat.load first on first.id = r.first_load
where ($1::text is null or l.dataset = $1)
  and ($2::bigint[] = '{}' or r.load = any ($2))
  and ($3::text is null or r.rule = $3)
  and r.state = 'open'
group by l.id, first.id, r.first_load
order by l.id desc, r.first_load
