//! Runs and their steps on record.

use karat_record::Result;
use serde::Serialize;
use serde_json::Value as Json;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::session::Session;
use crate::status::When;

/// Puts the beginning of a run on record. Runs that are still open belong to processes that
/// died, because the write lock is held: they are closed as abandoned. Returns the run's number
/// and how many were abandoned.
pub async fn begin(session: &Session, command: &str) -> Result<(i64, u64)> {
    let abandoned: i64 = session.row(include_str!("../queries/run/abandon.sql"), &[]).await?.get(0);
    let claim = session.claim();
    let (job, attempt) = (claim.map(|claim| claim.job), claim.map(|claim| claim.attempt));
    let sql = include_str!("../queries/run/begin.sql");
    let run = session.row(sql, &[&command, &job, &attempt]).await?.get(0);
    Ok((run, abandoned as u64))
}

/// Puts the end of a run on record.
pub async fn end(session: &Session, run: i64, error: Option<&str>, summary: &Json) -> Result<()> {
    let status = if error.is_none() { "done" } else { "failed" };
    let summary = summary.to_string();
    let sql = include_str!("../queries/run/end.sql");
    session.execute(sql, &[&run, &status, &error, &summary]).await.map(drop)
}

/// Puts the beginning of a step on record; its number of attempts.
pub async fn step_begin(session: &Session, run: i64, name: &str) -> Result<i32> {
    let sql = include_str!("../queries/run/step_begin.sql");
    Ok(session.row(sql, &[&run, &name]).await?.get(0))
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepEnd {
    Done,
    Unchanged,
    Failed,
}

/// Puts the end of a step on record.
pub async fn step_end(
    session: &Session,
    run: i64,
    name: &str,
    end: StepEnd,
    detail: &Json,
) -> Result<()> {
    let status = match end {
        StepEnd::Done => "done",
        StepEnd::Unchanged => "unchanged",
        StepEnd::Failed => "failed",
    };
    let sql = include_str!("../queries/run/step_end.sql");
    session.execute(sql, &[&run, &name, &status, &detail.to_string()]).await.map(drop)
}

/// A run on record.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Run {
    pub number: i64,
    pub command: String,
    /// `running`, `done`, `failed` or `abandoned`.
    pub status: String,
    pub error: Option<String>,
    pub started: When,
    /// Seconds, so far where it is not ended.
    pub took: f64,
    pub steps: Vec<Step>,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Step {
    pub name: String,
    /// `running`, `done`, `unchanged` or `failed`.
    pub status: String,
    /// Seconds, so far where it is not ended.
    pub took: f64,
}

/// So many runs, the last first; those before a number where one is given.
pub async fn list(session: &Session, before: Option<i64>, limit: u32) -> Result<Vec<Run>> {
    let sql = include_str!("../queries/run/list.sql");
    let rows = session.rows(sql, &[&before, &i64::from(limit)]).await?;
    Ok(rows.iter().map(run).collect())
}

fn run(row: &Row) -> Run {
    let names: Vec<String> = row.get("names");
    let statuses: Vec<String> = row.get("statuses");
    let seconds: Vec<f64> = row.get("seconds");
    let steps = names.into_iter().zip(statuses).zip(seconds);
    Run {
        number: row.get("id"),
        command: row.get("command"),
        status: row.get("status"),
        error: row.get("error"),
        started: When { at: row.get("started"), age: row.get("age") },
        took: row.get("took"),
        steps: steps.map(|((name, status), took)| Step { name, status, took }).collect(),
    }
}
