select "check", count(*), count(*) filter (where waived) from karat_failing group by "check"
