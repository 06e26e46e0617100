insert into karat.version (number) values ($1)
