select input, settings, golden
from karat.resolution
where entity = $1
