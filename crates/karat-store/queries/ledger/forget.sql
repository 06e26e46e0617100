delete from karat.object where identity = $1
