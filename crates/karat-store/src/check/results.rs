//! The results of checks on record, run by run.

use karat_record::Result;
use karat_rules::check::{Check, Outcome, Rows};
use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::Relation;
use crate::session::Session;
use crate::status::When;

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

/// What a run found of a check.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = CheckResult)]
pub struct Known {
    pub suite: String,
    pub check: String,
    pub run: i64,
    pub at: When,
    /// `passed`, `violated` or `error`.
    pub verdict: String,
    /// Of checks of rows.
    #[schema(value_type = Option<Object>)]
    pub rows: Option<Rows>,
    /// Of other checks.
    #[schema(value_type = Json)]
    pub observed: Option<Json>,
    pub error: Option<String>,
}

/// The last results of checks, given as suite and name: of each so many, the newest first.
pub async fn known(session: &Session, names: &[(&str, &str)], limit: u32) -> Result<Vec<Known>> {
    let (suites, checks): (Vec<&str>, Vec<&str>) = names.iter().copied().unzip();
    let sql = include_str!("../../queries/check/known.sql");
    let rows = session.rows(sql, &[&suites, &checks, &i64::from(limit)]).await?;
    let known = |row: &tokio_postgres::Row| Known {
        suite: row.get("suite"),
        check: row.get("check"),
        run: row.get("run"),
        at: When { at: row.get("at"), age: row.get("age") },
        verdict: row.get("verdict"),
        rows: counts(row),
        observed: row
            .get::<_, Option<&str>>("observed")
            .and_then(|text| serde_json::from_str(text).ok()),
        error: row.get("error"),
    };
    Ok(rows.iter().map(known).collect())
}

fn counts(row: &tokio_postgres::Row) -> Option<Rows> {
    let count = |name: &str| row.get::<_, Option<i64>>(name).map(|n| n as u64);
    Some(Rows {
        elements: count("elements")?,
        evaluated: count("evaluated")?,
        unexpected: count("unexpected")?,
        waived: count("waived")?,
    })
}

/// The score of a table in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    pub suite: String,
    pub run: i64,
    /// From 0 to 1.
    pub score: f64,
    pub threshold: Option<f64>,
}

/// The last scores of suites: of each so many, the oldest first.
pub async fn scores(session: &Session, suites: &[&str], limit: u32) -> Result<Vec<Score>> {
    let sql = include_str!("../../queries/check/known_scores.sql");
    let rows = session.rows(sql, &[&suites, &i64::from(limit)]).await?;
    let score = |row: &tokio_postgres::Row| Score {
        suite: row.get("suite"),
        run: row.get("run"),
        score: row.get("score"),
        threshold: row.get("threshold"),
    };
    Ok(rows.iter().map(score).collect())
}
