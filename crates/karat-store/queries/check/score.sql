insert into karat.check_score (run, suite, score, threshold)
values ($1, $2, $3, $4)
on conflict (run, suite) do update set score = excluded.score, threshold = excluded.threshold
