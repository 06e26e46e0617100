-- Whether an override has left an entity that is not of the part: its id is in use again.
select exists (select 1
               from karat_homes was
               left join karat.override_in_force f using (id)
               where f.home is distinct from was.home
                 and was.home is not null
                 and not exists (select 1 from karat_ids i where i.id = was.home))
