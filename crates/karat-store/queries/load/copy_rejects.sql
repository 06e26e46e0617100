copy karat.reject (load, line, byte, "column", rule, message, raw) from stdin (format binary)
