update karat.decision set act = $1 where id >= $1 and act is null
