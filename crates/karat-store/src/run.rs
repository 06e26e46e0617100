//! Runs and their steps on record.

use karat_record::Result;
use serde_json::Value as Json;

use crate::session::Session;

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
