select exists (select 1 from karat.schema_change where "table" = $1 and change = 'create_table')
       and not exists (select 1 from karat.object where identity = 'table ' || $1)
