-- Whether a replay rejected a row for another reason than before, or as another row.
select exists (
    select 1
    from karat.reject n
    join karat.reject r on r.replayed_by = n.load and r.replayed_line = n.line
    where n.load = $1
      and (n.rule, n.message, n.raw, n."column")
          is distinct from (r.rule, r.message, r.raw, r."column"))
