//! Jobs on record, as people look at them.

use karat_record::Result;
use serde::Serialize;
use serde_json::Value as Json;
use tokio_postgres::Row;
use utoipa::ToSchema;

use super::{State, state, unknown};
use crate::session::Session;

/// A job on record. Times are in UTC, durations in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Job {
    pub id: i64,
    pub kind: String,
    pub args: Json,
    pub state: State,
    pub queue: String,
    pub priority: i16,
    pub lane: Option<String>,
    pub unique_key: Option<String>,
    /// Jobs that have to be completed before it begins.
    pub parents: Vec<i64>,
    /// How often it was begun.
    pub attempt: i32,
    /// How many attempts failed, and how many may.
    pub failures: i32,
    pub max_attempts: i32,
    pub time_limit: Option<f64>,
    /// Who works on it, or did so last.
    pub worker: Option<String>,
    /// Of one that runs: when somebody else may take it, unless something is heard of its worker.
    pub lease_left: Option<f64>,
    /// `note`, and `done` and `of` in the unit of the work where they are known.
    #[schema(value_type = Json)]
    pub progress: Option<Json>,
    #[schema(value_type = Json)]
    pub result: Option<Json>,
    /// Why it is not completed.
    pub error: Option<String>,
    /// Attempts that failed, with what to do next.
    pub errors: Json,
    pub requested_by: Option<String>,
    pub interface: String,
    pub cancel_asked_by: Option<String>,
    pub created_at: String,
    /// When it may begin, or might have.
    pub run_at: String,
    /// Of the last attempt.
    pub started_at: Option<String>,
    pub finished_at: Option<String>,
    pub took: Option<f64>,
    /// Runs that its attempts made.
    pub runs: Vec<i64>,
}

/// How far a job is, as its last attempt said.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// What it does.
    pub note: String,
    /// The part of it that is done, of 1.
    pub share: Option<f64>,
    pub rows: Option<u64>,
}

/// An attempt that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failed {
    pub attempt: i64,
    pub at: String,
    pub what: String,
    /// What to do next.
    pub hint: String,
}

impl Job {
    /// How far it is, where it said so.
    pub fn said(&self) -> Option<Said> {
        let said = self.progress.as_ref()?;
        let part = said["done"].as_f64().zip(said["of"].as_f64().filter(|of| *of > 0.0));
        Some(Said {
            note: said["note"].as_str().unwrap_or_default().to_owned(),
            share: part.map(|(done, of)| (done / of).clamp(0.0, 1.0)),
            rows: said["rows"].as_u64(),
        })
    }

    /// Its attempts that failed, the first first.
    pub fn failed(&self) -> Vec<Failed> {
        let failed = |error: &Json| {
            let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
            Failed {
                attempt: error["attempt"].as_i64().unwrap_or_default(),
                at: text("at"),
                what: text("what"),
                hint: text("hint"),
            }
        };
        self.errors.as_array().into_iter().flatten().map(failed).collect()
    }
}

/// Which jobs are asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    pub state: Option<State>,
    pub kind: Option<&'a str>,
    /// Only jobs with a smaller number: the last of the page before.
    pub before: Option<i64>,
    pub limit: u32,
}

/// A page of jobs, the last first.
pub async fn list(session: &Session, wanted: &Wanted<'_>) -> Result<Vec<Job>> {
    page(session, wanted, None).await
}

/// One job.
///
/// # Errors
/// `Kind::Usage` where there is none of that number.
pub async fn find(session: &Session, job: i64) -> Result<Job> {
    let wanted = Wanted { limit: 1, ..Wanted::default() };
    let found = page(session, &wanted, Some(job)).await?;
    found.into_iter().next().ok_or_else(|| unknown(job))
}

async fn page(session: &Session, wanted: &Wanted<'_>, job: Option<i64>) -> Result<Vec<Job>> {
    let sql = include_str!("../../queries/queue/list.sql");
    let state = wanted.state.map(State::name);
    let rows = session
        .brief(sql, &[&state, &wanted.kind, &wanted.before, &job, &i64::from(wanted.limit)])
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Job> {
    let json = |name: &str| {
        let text: Option<&str> = row.get(name);
        text.and_then(|text| serde_json::from_str(text).ok())
    };
    Ok(Job {
        id: row.get("id"),
        kind: row.get("kind"),
        args: json("args").unwrap_or_default(),
        state: state(row.get("state"))?,
        queue: row.get("queue"),
        priority: row.get("priority"),
        lane: row.get("lane"),
        unique_key: row.get("unique_key"),
        parents: row.get("parents"),
        attempt: row.get("attempt"),
        failures: row.get("failures"),
        max_attempts: row.get("max_attempts"),
        time_limit: row.get("time_limit"),
        worker: row.get("worker"),
        lease_left: row.get("lease_left"),
        progress: json("progress"),
        result: json("result"),
        error: row.get("error"),
        errors: json("errors").unwrap_or_default(),
        requested_by: row.get("requested_by"),
        interface: row.get("interface"),
        cancel_asked_by: row.get("cancel_asked_by"),
        created_at: row.get("created_at"),
        run_at: row.get("run_at"),
        started_at: row.get("started_at"),
        finished_at: row.get("finished_at"),
        took: row.get("took"),
        runs: row.get("runs"),
    })
}
