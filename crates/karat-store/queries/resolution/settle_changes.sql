delete from karat.change c
where c.entity = $1
  and pg_visible_in_snapshot(c.xact, $2::text::pg_snapshot)
