//! The results of checks on record, run by run.

use karat_record::Result;
use karat_rules::check::{Check, Outcome};
use serde_json::{Value as Json, json};

use super::Relation;
use crate::session::Session;

/// The results of a table's checks.
pub struct Kept<'a> {
    pub run: i64,
    pub suite: &'a str,
    pub relation: &'a Relation,
    pub results: &'a [(&'a Check, &'a Outcome)],
    pub score: Option<f64>,
    pub threshold: Option<f64>,
}

/// Keeps the results of a run.
pub async fn keep(session: &Session, kept: &Kept<'_>) -> Result<()> {
    let rows: Vec<Json> =
        kept.results.iter().map(|(check, outcome)| row(kept, check, outcome)).collect();
    let sql = include_str!("../../queries/check/result.sql");
    session.execute(sql, &[&kept.run, &Json::Array(rows).to_string()]).await?;
    let sql = include_str!("../../queries/check/score.sql");
    session.execute(sql, &[&kept.run, &kept.suite, &kept.score, &kept.threshold]).await.map(drop)
}

fn row(kept: &Kept<'_>, check: &Check, outcome: &Outcome) -> Json {
    let mut row = json!({
        "suite": kept.suite,
        "check": check.name,
        "relation": kept.relation.table.to_string(),
        "expectation": check.expectation.name,
        "severity": check.severity.word(),
        "verdict": match outcome {
            Outcome::Error(_) => "error",
            _ if outcome.passes(check) => "passed",
            _ => "violated",
        },
    });
    match outcome {
        Outcome::Rows(rows) => {
            row["elements"] = json!(rows.elements);
            row["evaluated"] = json!(rows.evaluated);
            row["unexpected"] = json!(rows.unexpected);
            row["waived"] = json!(rows.waived);
        }
        Outcome::Value { observed, .. } => row["observed"] = observed.clone(),
        Outcome::Error(why) => row["error"] = json!(why),
    }
    row
}
