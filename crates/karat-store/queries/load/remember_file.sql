insert into karat.file (sha256, bytes, name)
values ($1, $2, $3)
on conflict (sha256) do nothing
