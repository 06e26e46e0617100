select input, settings, golden, model, parted, summary::text as summary
from karat.resolution
where entity = $1
