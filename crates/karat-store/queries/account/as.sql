-- From here to the end of the transaction whoever uses a link acts.
select set_config('karat.person', $1, true)
