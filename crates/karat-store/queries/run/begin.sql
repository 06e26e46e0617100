insert into karat.run (command, status, job, attempt) values ($1, 'running', $2, $3) returning id
