update karat.object set live = $2 where identity = $1 and live is distinct from $2
