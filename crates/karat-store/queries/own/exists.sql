select to_regclass('karat.version') is not null
