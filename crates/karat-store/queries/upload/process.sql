update karat.upload set dataset = $2, job = $3 where id = $1
