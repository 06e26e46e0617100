//! An attempt at a job: begun, kept, ended, or taken from a worker of whom nothing is heard.

use karat_record::{Problem, Result};
use serde_json::{Value as Json, json};
use tokio_postgres::Row;

use super::{Claim, Of, State, state};
use crate::session::Session;

/// An attempt that begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    pub claim: Claim,
    pub kind: String,
    pub args: Json,
    /// Attempts that failed before.
    pub failures: i32,
    pub max_attempts: i32,
    /// Seconds that it may take.
    pub time_limit: Option<f64>,
    pub requested_by: Option<String>,
}

/// Begins the next job that may begin. The lease ends so many seconds from now unless it is kept.
pub async fn claim(
    session: &Session,
    worker: &str,
    lease: f64,
    of: Of<'_>,
) -> Result<Option<Attempt>> {
    let sql = include_str!("../../queries/queue/claim.sql");
    let asked = session.brief(sql, &[&worker, &lease, of.queues, of.kinds]).await;
    match asked {
        Ok(rows) => Ok(rows.first().map(|row| begun(row, worker))),
        // Another worker has just begun a job of the same lane.
        Err(problem) if problem.what.contains("job_lane") => Ok(None),
        Err(problem) => Err(problem),
    }
}

fn begun(row: &Row, worker: &str) -> Attempt {
    let args: &str = row.get("args");
    Attempt {
        claim: Claim { job: row.get("id"), attempt: row.get("attempt"), worker: worker.to_owned() },
        kind: row.get("kind"),
        args: serde_json::from_str(args).unwrap_or_default(),
        failures: row.get("failures"),
        max_attempts: row.get("max_attempts"),
        time_limit: row.get("time_limit"),
        requested_by: row.get("requested_by"),
    }
}

/// Keeps the lease of an attempt for so many seconds from now, with how far it is. Whether somebody
/// asked to cancel the job; `None` where the attempt is not in force any more.
pub async fn beat(
    session: &Session,
    claim: &Claim,
    lease: f64,
    progress: Option<&Json>,
) -> Result<Option<bool>> {
    let sql = include_str!("../../queries/queue/beat.sql");
    let Claim { job, attempt, worker } = claim;
    let progress = progress.map(Json::to_string);
    let rows = session.brief(sql, &[job, attempt, worker, &lease, &progress]).await?;
    Ok(rows.first().map(|row| row.get(0)))
}

/// The same as `beat`, without keeping anything.
pub async fn look(session: &Session, claim: &Claim) -> Result<Option<bool>> {
    let sql = include_str!("../../queries/queue/look.sql");
    let Claim { job, attempt, worker } = claim;
    let rows = session.brief(sql, &[job, attempt, worker]).await?;
    Ok(rows.first().map(|row| row.get(0)))
}

/// How an attempt ends.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    pub state: State,
    /// Whether it counts as one of the attempts that the job has.
    pub is_failure: bool,
    /// Seconds until the job may begin again.
    pub delay: Option<f64>,
    pub result: Option<Json>,
    pub problem: Option<Problem>,
}

impl End {
    /// The job is done.
    pub fn completed(result: Json) -> End {
        End { result: Some(result), ..End::of(State::Completed) }
    }

    /// The job goes on as if the attempt had not been.
    pub fn of(state: State) -> End {
        End { state, is_failure: false, delay: None, result: None, problem: None }
    }
}

/// Puts the end of an attempt on record, and frees its lease; `if_lost`: only where that ran out. The
/// job's state now, which is `Cancelled` where somebody asked for that and it would have gone on.
/// `None`, with nothing done, where the attempt is not in force any more.
pub async fn end(
    session: &Session,
    claim: &Claim,
    end: &End,
    if_lost: bool,
) -> Result<Option<State>> {
    let Claim { job, attempt, worker } = claim;
    let entry = end.problem.as_ref().filter(|_| end.is_failure || end.state.is_final());
    let entry = entry.map(|problem| {
        let at = problem.place.as_ref().map(ToString::to_string);
        let kind = format!("{:?}", problem.kind).to_lowercase();
        json!({ "attempt": attempt, "worker": worker, "kind": kind, "what": problem.what,
                "place": at, "hint": problem.next() })
        .to_string()
    });
    let what = end.problem.as_ref().map(|problem| problem.what.as_str());
    let result = end.result.as_ref().map(Json::to_string);
    let sql = include_str!("../../queries/queue/end.sql");
    let rows = session
        .brief(
            sql,
            &[
                job,
                attempt,
                worker,
                &end.state.name(),
                &i32::from(end.is_failure),
                &end.delay,
                &result,
                &what,
                &entry,
                &if_lost,
            ],
        )
        .await?;
    rows.first().map(|row| state(row.get(0))).transpose()
}

/// Ends the sessions of an attempt that is not in force any more, and so frees what they hold.
pub async fn end_orphans(session: &Session, claim: &Claim) -> Result<()> {
    let sql = include_str!("../../queries/queue/orphans.sql");
    session.brief(sql, &[&claim.application()]).await.map(drop)
}

/// An attempt of whose worker nothing was heard for too long.
#[derive(Clone, Debug, PartialEq)]
pub struct Lost {
    pub claim: Claim,
    pub failures: i32,
    pub max_attempts: i32,
}

/// Attempts whose lease ran out.
pub async fn lost(session: &Session) -> Result<Vec<Lost>> {
    let rows = session.brief(include_str!("../../queries/queue/lost.sql"), &[]).await?;
    let lost = |row: &Row| Lost {
        claim: Claim { job: row.get("id"), attempt: row.get("attempt"), worker: row.get("worker") },
        failures: row.get("failures"),
        max_attempts: row.get("max_attempts"),
    };
    Ok(rows.iter().map(lost).collect())
}

/// Lets jobs begin whose time has come or whose parents are completed, and cancels those whose
/// parents never will be.
pub async fn ready(session: &Session) -> Result<()> {
    session.brief(include_str!("../../queries/queue/ready.sql"), &[]).await.map(drop)
}
