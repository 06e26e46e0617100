update karat.check_failure f
set state = 'fixed'
where f.suite = $1
  and f."check" = any ($2::text[])
  and f.state <> 'fixed'
  and not exists (select from karat_failing n where n."check" = f."check" and n.key = f.key)
