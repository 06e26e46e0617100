//! The rows that fail checks, by their keys: open when first seen, fixed when they no longer fail,
//! waived when a person says so.

use karat_record::Result;
use karat_rules::check::Check;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{Bad, MOST_FAILURES, Relation, failing};
use crate::session::Session;

/// Failing rows that are shown with a result.
const SAMPLE: i64 = 20;

/// Failing rows of one check.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub check: String,
    /// Kept rows of those that fail.
    pub rows: u64,
    /// Those of them that a person has waived.
    pub waived: u64,
    /// Key and value of the first of them.
    pub first: Vec<(Json, Json)>,
}

/// What to collect, and for which run.
#[derive(Clone, Copy, Debug)]
pub struct Failures<'a> {
    pub suite: &'a str,
    pub run: i64,
    /// Whether values are kept beside keys.
    pub values: bool,
}

/// Collects the failing rows of `bad` checks, each with their number, and brings
/// `karat.check_failure` up to date, in an open transaction. Rows of `evaluated` checks that fail no more are fixed; of a check with more
/// failing rows than are kept none is, because those beyond are not known. Nothing is collected of
/// a table without key.
pub async fn collect(
    session: &Session,
    relation: &Relation,
    failures: Failures<'_>,
    (bad, evaluated): (&[(&Check, u64)], &[&Check]),
) -> Result<Vec<Sample>> {
    session.batch(include_str!("../../queries/check/failing.sql")).await?;
    session.batch("truncate karat_failing").await?;
    let waived = include_str!("../../queries/check/waived.sql");
    let waived = session.rows(waived, &[&failures.suite]).await?;
    let waived: Vec<String> = waived.iter().map(|row| row.get(0)).collect();
    let bad = bad.iter().map(|&(check, rows)| {
        let has_waived = waived.contains(&check.name);
        Bad { check, rows, has_waived }
    });
    if let Some(sql) = failing(relation, failures.suite, &bad.collect::<Vec<_>>()) {
        session.execute(&sql, &[]).await?;
    }
    let mut samples = Vec::new();
    for row in session.rows(include_str!("../../queries/check/counts.sql"), &[]).await? {
        let (rows, waived): (i64, i64) = (row.get(1), row.get(2));
        let (rows, waived) = (rows as u64, waived as u64);
        samples.push(Sample { check: row.get(0), rows, waived, first: Vec::new() });
    }
    let is_cut =
        |check: &&&Check| samples.iter().any(|s| s.check == check.name && s.rows == MOST_FAILURES);
    let whole: Vec<&str> =
        evaluated.iter().filter(|c| !is_cut(c)).map(|c| c.name.as_str()).collect();
    let fixed = include_str!("../../queries/check/fixed.sql");
    session.execute(fixed, &[&failures.suite, &whole, &failures.run]).await?;
    if !relation.is_unique(&relation.key) {
        session.batch(include_str!("../../queries/check/repeated.sql")).await?;
    }
    let seen = include_str!("../../queries/check/seen.sql");
    session.execute(seen, &[&failures.suite, &failures.run, &failures.values]).await?;
    for row in session.rows(include_str!("../../queries/check/sample.sql"), &[&SAMPLE]).await? {
        let (check, key): (String, String) = (row.get(0), row.get(1));
        let value: Option<String> = row.get(2);
        let value = value.filter(|_| failures.values).map_or(Json::Null, |text| json(&text));
        if let Some(sample) = samples.iter_mut().find(|sample| sample.check == check) {
            sample.first.push((json(&key), value));
        }
    }
    Ok(samples)
}

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or(Json::Null)
}

/// A failing row on record.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = FailingRow)]
pub struct Failure {
    pub key: Json,
    pub value: Json,
    pub state: String,
    pub first_run: i64,
    pub last_run: i64,
    pub reason: Option<String>,
    /// Who waived it.
    pub decided_by: Option<String>,
}

/// How many failing rows of a check are on record, and the first of them; with fixed ones where
/// `all` is set.
pub async fn list(
    session: &Session,
    (suite, check): (&str, &str),
    all: bool,
    limit: u32,
) -> Result<(u64, Vec<Failure>)> {
    let sql = include_str!("../../queries/check/list.sql");
    let rows = session.rows(sql, &[&suite, &check, &all, &i64::from(limit)]).await?;
    let total = rows.first().map_or(0, |row| row.get::<_, i64>("total") as u64);
    let failure = |row: &tokio_postgres::Row| Failure {
        key: json(&row.get::<_, String>(0)),
        value: row.get::<_, Option<String>>(1).map_or(Json::Null, |text| json(&text)),
        state: row.get("state"),
        first_run: row.get("first_run"),
        last_run: row.get("last_run"),
        reason: row.get("reason"),
        decided_by: row.get("decided_by"),
    };
    Ok((total, rows.iter().map(failure).collect()))
}

/// What a person decides about a failing row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision<'a> {
    /// It does not count any more.
    Waive { reason: &'a str, author: &'a str },
    /// It counts again.
    Undo,
}

/// Puts a decision on record; false when the row does not fail, or is not waived. `key` is the
/// row's key as JSON, or its value alone where it has one column.
pub async fn decide(
    session: &Session,
    (suite, check): (&str, &str),
    key: &str,
    decision: Decision<'_>,
) -> Result<bool> {
    let is_object = |text: &&str| serde_json::from_str::<Json>(text).is_ok_and(|j| j.is_object());
    let (object, value) = (Some(key).filter(is_object), Some(key));
    let touched = match decision {
        Decision::Waive { reason, author } => {
            let sql = include_str!("../../queries/check/waive.sql");
            session.act(sql, &[&suite, &check, &object, &value, &reason, &author]).await?
        }
        Decision::Undo => {
            let sql = include_str!("../../queries/check/unwaive.sql");
            session.act(sql, &[&suite, &check, &object, &value]).await?
        }
    };
    Ok(touched > 0)
}
