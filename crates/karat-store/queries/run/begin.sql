insert into karat.run (command, status) values ($1, 'running') returning id
