select set_config('karat.run', $1, true)
