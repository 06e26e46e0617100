insert into karat.check_result (run, suite, "check", relation, expectation, severity, verdict,
                                elements, evaluated, unexpected, waived, observed, error)
select $1, r.suite, r."check", r.relation, r.expectation, r.severity, r.verdict,
       r.elements, r.evaluated, r.unexpected, r.waived, r.observed, r.error
from jsonb_populate_recordset(null::karat.check_result, $2::text::jsonb) r
on conflict (run, suite, "check") do update
set verdict = excluded.verdict,
    elements = excluded.elements,
    evaluated = excluded.evaluated,
    unexpected = excluded.unexpected,
    waived = excluded.waived,
    observed = excluded.observed,
    error = excluded.error,
    at = excluded.at
