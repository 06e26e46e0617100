-- Forgets files of runs before the last $1 that made any, but those that are in force.
delete from karat.output o
where o.run not in (select m.run
                    from karat.output m
                    where m.kind = 'manifest'
                    order by m.run desc
                    limit $1)
  and not exists (select 1
                  from (select m.made_from -> 'files' as files
                        from karat.output m
                        where m.kind = 'manifest'
                        order by m.run desc
                        limit 1) last
                  cross join jsonb_to_recordset(last.files) as f (run bigint, name text)
                  where f.run = o.run
                    and f.name = o.name)
