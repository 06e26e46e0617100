insert into karat.upload (sha256, name, bytes, uploaded_by)
values ($1, $2, $3, $4)
returning id
