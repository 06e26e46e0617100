select state from karat.job where id = $1
