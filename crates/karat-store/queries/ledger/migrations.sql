select file, fingerprint from karat.migration order by file
