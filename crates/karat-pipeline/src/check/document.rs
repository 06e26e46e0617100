//! What was found, in the shape of Great Expectations' validation results.

use karat_rules::check::{Kind, Outcome};
use serde_json::{Map, Value as Json, json};

use super::summary::{Found, Summary};

/// The validation result of a table. What Karat adds stands under `meta.karat`.
pub(super) fn of(summary: &Summary) -> Json {
    let all = summary.found.len();
    let good = all - summary.violated();
    json!({
        "success": good == all && summary.is_good_enough(),
        "results": summary.found.iter().map(result).collect::<Vec<_>>(),
        "statistics": {
            "evaluated_expectations": all,
            "successful_expectations": good,
            "unsuccessful_expectations": all - good,
            "success_percent": (all > 0).then(|| good as f64 / all as f64 * 100.0),
        },
        "suite_name": summary.suite,
        "meta": {
            "karat": {
                "version": env!("CARGO_PKG_VERSION"),
                "table": summary.table,
                "score": summary.score,
                "threshold": summary.threshold,
            },
        },
    })
}

fn result(found: &Found) -> Json {
    let error = match &found.outcome {
        Outcome::Error(why) => Some(why),
        _ => None,
    };
    let waived = match &found.outcome {
        Outcome::Rows(rows) => rows.waived,
        _ => 0,
    };
    json!({
        "success": found.passes(),
        "expectation_config": {
            "type": found.check.expectation.full_name(),
            "kwargs": found.check.arguments.0,
            "meta": {},
        },
        "result": details(found),
        "meta": {
            "karat": {
                "name": found.check.name,
                "severity": found.check.severity.word(),
                "waived_count": waived,
            },
        },
        "exception_info": {
            "raised_exception": error.is_some(),
            "exception_traceback": Json::Null,
            "exception_message": error,
        },
    })
}

fn details(found: &Found) -> Json {
    let rows = match &found.outcome {
        Outcome::Error(_) => return json!({}),
        Outcome::Value { observed, .. } => return json!({ "observed_value": observed }),
        Outcome::Rows(rows) => rows,
    };
    let mut result = Map::new();
    let mut put = |key: &str, value: Json| result.insert(key.to_owned(), value);
    put("element_count", json!(rows.elements));
    put("unexpected_count", json!(rows.unexpected));
    put("unexpected_percent", json!(rows.unexpected_percent()));
    let values: Vec<&Json> = found.sample.iter().map(|(_, value)| value).collect();
    put("partial_unexpected_list", json!(values));
    // Of missing values themselves, none is missing.
    if !matches!(found.check.expectation.kind, Kind::Null | Kind::NotNull) {
        let total =
            (rows.elements > 0).then(|| rows.unexpected as f64 / rows.elements as f64 * 100.0);
        put("missing_count", json!(rows.elements - rows.evaluated));
        put("missing_percent", json!(rows.missing_percent()));
        put("unexpected_percent_total", json!(total));
        put("unexpected_percent_nonmissing", json!(rows.unexpected_percent()));
    }
    let keys: Vec<&Json> = found.sample.iter().map(|(key, _)| key).collect();
    put("partial_unexpected_index_list", json!(keys));
    Json::Object(result)
}
