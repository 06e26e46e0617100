-- Waits for what the connections of a killed process may still be committing.
lock table karat.load_segment in share row exclusive mode
