select distinct "check" from karat.check_failure where suite = $1 and state = 'waived'
