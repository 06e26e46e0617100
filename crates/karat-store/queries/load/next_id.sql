select nextval(pg_get_serial_sequence('karat.load', 'id'))
