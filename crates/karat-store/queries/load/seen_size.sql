select exists (select 1 from karat.file where bytes = $1)
