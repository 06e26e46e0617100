//! The results of objectives on record, run by run.

use karat_record::Result;
use serde::Serialize;

use crate::check::Clock;
use crate::session::Session;

/// What is kept of an objective, or of a part of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row<'a> {
    pub file: &'a str,
    pub objective: &'a str,
    /// Empty for the whole.
    pub part: &'a str,
    pub dimension: &'a str,
    pub severity: &'a str,
    pub target: f64,
    pub budget: f64,
    pub judged: Option<u64>,
    pub good: Option<u64>,
    pub actual: Option<f64>,
    pub bad: Option<f64>,
    /// Of the whole alone.
    pub verdict: Option<&'a str>,
    pub error: Option<&'a str>,
}

/// Keeps the results of a run.
pub async fn keep(session: &Session, run: i64, clock: &Clock, rows: &[Row<'_>]) -> Result<()> {
    let sql = include_str!("../../queries/objective/keep.sql");
    let rows = serde_json::json!(rows).to_string();
    session.execute(sql, &[&run, &clock.0, &rows]).await.map(drop)
}

/// What an objective had reached in an earlier run.
#[derive(Clone, Debug, Serialize)]
pub struct Earlier {
    pub run: i64,
    /// Days since 1970-01-01.
    #[serde(skip)]
    pub day: i32,
    pub at: String,
    pub actual: Option<f64>,
    pub bad: Option<f64>,
    pub verdict: Option<String>,
}

/// The results of earlier runs of the last `days` days until now, today among them, in their order
/// in time.
pub async fn earlier(
    session: &Session,
    (file, objective): (&str, &str),
    run: i64,
    (clock, days): (&Clock, u32),
) -> Result<Vec<Earlier>> {
    let sql = include_str!("../../queries/objective/earlier.sql");
    let days = days as i32;
    let rows = session.rows(sql, &[&file, &objective, &run, &clock.0, &days]).await?;
    let known = |row: &tokio_postgres::Row| Earlier {
        run: row.get(0),
        day: row.get(1),
        at: row.get(2),
        actual: row.get(3),
        bad: row.get(4),
        verdict: row.get(5),
    };
    Ok(rows.iter().map(known).collect())
}
