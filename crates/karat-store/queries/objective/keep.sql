insert into karat.objective_result (run, file, objective, part, at, dimension, severity, target,
                                    budget, judged, good, actual, bad, verdict, error)
select $1, r.file, r.objective, r.part, $2::text::timestamptz, r.dimension, r.severity, r.target,
       r.budget, r.judged, r.good, r.actual, r.bad, r.verdict, r.error
from jsonb_populate_recordset(null::karat.objective_result, $3::text::jsonb) r
on conflict (run, file, objective, part) do update
set at = excluded.at,
    target = excluded.target,
    budget = excluded.budget,
    judged = excluded.judged,
    good = excluded.good,
    actual = excluded.actual,
    bad = excluded.bad,
    verdict = excluded.verdict,
    error = excluded.error
