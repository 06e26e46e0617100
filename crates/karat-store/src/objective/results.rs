//! The results of objectives on record, run by run.

use karat_record::Result;
use serde::Serialize;
use utoipa::ToSchema;

use crate::check::Clock;
use crate::session::Session;
use crate::status::When;

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

/// What a run found of an objective.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ObjectiveResult)]
pub struct Known {
    pub file: String,
    pub objective: String,
    pub run: i64,
    /// Days since 1970-01-01.
    pub day: i32,
    pub at: When,
    /// Whether it counts against the error budget today.
    pub is_within: bool,
    pub actual: Option<f64>,
    pub bad: Option<f64>,
    pub judged: Option<u64>,
    pub good: Option<u64>,
    /// `met`, `violated`, `nothing` or `error`.
    pub verdict: String,
    pub error: Option<String>,
}

/// The results of objectives within their windows, and the last whenever it was; of each the oldest
/// first. Objectives are given by file, name and window in days.
pub async fn known(session: &Session, names: &[(&str, &str, u32)]) -> Result<Vec<Known>> {
    let files: Vec<&str> = names.iter().map(|name| name.0).collect();
    let objectives: Vec<&str> = names.iter().map(|name| name.1).collect();
    let days: Vec<i32> = names.iter().map(|name| name.2 as i32).collect();
    let sql = include_str!("../../queries/objective/known.sql");
    let rows = session.rows(sql, &[&files, &objectives, &days]).await?;
    let known = |row: &tokio_postgres::Row| Known {
        file: row.get("file"),
        objective: row.get("objective"),
        run: row.get("run"),
        day: row.get("day"),
        at: When { at: row.get("at"), age: row.get("age") },
        is_within: row.get("is_within"),
        actual: row.get("actual"),
        bad: row.get("bad"),
        judged: row.get::<_, Option<i64>>("judged").map(|n| n as u64),
        good: row.get::<_, Option<i64>>("good").map(|n| n as u64),
        verdict: row.get::<_, Option<String>>("verdict").unwrap_or_default(),
        error: row.get("error"),
    };
    Ok(rows.iter().map(known).collect())
}

/// What a run found of a part of an objective.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ObjectivePart)]
pub struct KnownPart {
    pub name: String,
    pub actual: Option<f64>,
    pub judged: Option<u64>,
    pub good: Option<u64>,
    pub error: Option<String>,
}

/// What a run found of the parts of an objective; none where it has one part alone.
pub async fn parts(
    session: &Session,
    run: i64,
    (file, objective): (&str, &str),
) -> Result<Vec<KnownPart>> {
    let sql = include_str!("../../queries/objective/parts.sql");
    let rows = session.rows(sql, &[&run, &file, &objective]).await?;
    let part = |row: &tokio_postgres::Row| KnownPart {
        name: row.get("part"),
        actual: row.get("actual"),
        judged: row.get::<_, Option<i64>>("judged").map(|n| n as u64),
        good: row.get::<_, Option<i64>>("good").map(|n| n as u64),
        error: row.get("error"),
    };
    Ok(rows.iter().map(part).collect())
}
