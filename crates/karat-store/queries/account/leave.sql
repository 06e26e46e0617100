delete from karat.session where digest = $1
