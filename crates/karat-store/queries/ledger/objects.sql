select identity, fingerprint, file, kind, live from karat.object order by identity
