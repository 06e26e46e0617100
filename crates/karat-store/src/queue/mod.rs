//! The queue: jobs, who works on them, and what became of them. Each step is one statement that
//! needs nothing of its session, so that a transaction pooler may stand between.

mod attempt;
mod list;
#[cfg(test)]
mod tests;

use karat_record::{Kind, Problem, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::session::Session;

pub use crate::tether::Claim;
pub use attempt::{Attempt, End, Lost, beat, claim, end, end_orphans, look, lost, ready};
pub use list::{Failed, Job, Said, Wanted, find, list};

/// Where a job is on its way. The database refuses any other way than `may_follow` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// For other jobs.
    Waiting,
    /// Whoever comes first begins it.
    Available,
    /// Its time has not come.
    Scheduled,
    Running,
    /// It failed and is tried again later.
    Retryable,
    Completed,
    /// It failed and is not tried again unless somebody says so.
    Discarded,
    Cancelled,
}

impl State {
    /// All states.
    pub const ALL: [State; 8] = [
        State::Waiting,
        State::Available,
        State::Scheduled,
        State::Running,
        State::Retryable,
        State::Completed,
        State::Discarded,
        State::Cancelled,
    ];

    /// Its name in the database and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Available => "available",
            State::Scheduled => "scheduled",
            State::Running => "running",
            State::Retryable => "retryable",
            State::Completed => "completed",
            State::Discarded => "discarded",
            State::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    pub fn named(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether a job in it has ended.
    pub fn is_final(self) -> bool {
        matches!(self, State::Completed | State::Discarded | State::Cancelled)
    }
}

/// A job to be put into the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Which work it is; only a worker that knows it can do it.
    pub kind: String,
    /// What the work is told; no secrets.
    pub args: Json,
    pub queue: String,
    /// Larger comes first.
    pub priority: i16,
    /// Seconds until it may begin.
    pub delay: f64,
    /// How often it may fail.
    pub max_attempts: i32,
    /// Seconds that an attempt may take.
    pub time_limit: Option<f64>,
    /// No two jobs that have not ended have the same.
    pub unique_key: Option<String>,
    /// Jobs of one lane run one after the other.
    pub lane: Option<String>,
    /// Jobs that have to be completed before it begins.
    pub parents: Vec<i64>,
}

impl Order {
    /// A job of a kind that may begin at once.
    pub fn new(kind: &str, args: Json) -> Order {
        Order {
            kind: kind.to_owned(),
            args,
            queue: "default".to_owned(),
            priority: 0,
            delay: 0.0,
            max_attempts: 5,
            time_limit: None,
            unique_key: None,
            lane: None,
            parents: Vec::new(),
        }
    }
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// The number of the new job.
    New(i64),
    /// The number of the job with the same unique key that has not ended.
    Known(i64),
}

impl Enqueued {
    /// The number of the job.
    pub fn job(self) -> i64 {
        match self {
            Enqueued::New(job) | Enqueued::Known(job) => job,
        }
    }
}

/// How often an order is repeated while a job with its unique key comes and goes.
const TRIES: u32 = 5;

/// Puts a job into the queue: with the open transaction of the session, where there is one. It is
/// requested by whom the session acts for.
///
/// # Errors
/// `Kind::Usage` for parents that are not there.
pub async fn enqueue(session: &Session, order: &Order) -> Result<Enqueued> {
    let mut parents = order.parents.clone();
    parents.sort_unstable();
    parents.dedup();
    known(session, &parents).await?;
    let (args, acting) = (order.args.to_string(), session.acting());
    let interface = acting.interface.word();
    let sql = include_str!("../../queries/queue/enqueue.sql");
    for _ in 0..TRIES {
        let rows = session
            .brief(
                sql,
                &[
                    &order.kind,
                    &args,
                    &order.queue,
                    &order.priority,
                    &order.delay,
                    &order.max_attempts,
                    &order.time_limit,
                    &order.unique_key,
                    &order.lane,
                    &parents,
                    &acting.person,
                    &interface,
                ],
            )
            .await?;
        if let Some(row) = rows.first() {
            let (job, is_new) = (row.get(0), row.get(1));
            return Ok(if is_new { Enqueued::New(job) } else { Enqueued::Known(job) });
        }
    }
    let what = "a job with the same unique key comes and goes";
    Err(Problem::new(Kind::Busy, what))
}

async fn known(session: &Session, parents: &Vec<i64>) -> Result<()> {
    if parents.is_empty() {
        return Ok(());
    }
    let sql = include_str!("../../queries/queue/missing.sql");
    let missing = session.brief(sql, &[parents]).await?;
    missing.first().map_or(Ok(()), |row| Err(unknown(row.get(0))))
}

/// Asks to cancel a job: `Running` where it has to end by itself first, else `Cancelled`.
///
/// # Errors
/// `Kind::Usage` for a job that is not there or has ended.
pub async fn cancel(session: &Session, job: i64) -> Result<State> {
    let by = &session.acting().person;
    let sql = include_str!("../../queries/queue/cancel.sql");
    changed(session, sql, (job, by), "cancelled").await
}

/// Lets a job begin anew, with all its attempts; its new state.
///
/// # Errors
/// `Kind::Usage` for a job that is not there, or that nothing has to be begun anew of.
pub async fn retry(session: &Session, job: i64) -> Result<State> {
    let by = &session.acting().person;
    let sql = include_str!("../../queries/queue/retry.sql");
    changed(session, sql, (job, by), "retried").await.map_err(|problem| {
        if !problem.what.contains("job_unique") {
            return problem;
        }
        let what = format!("job {job} cannot be retried: another one with its unique key goes on");
        Problem::new(Kind::Usage, what).hint("wait for that one to end, or cancel it")
    })
}

async fn changed(
    session: &Session,
    sql: &str,
    (job, by): (i64, &Option<String>),
    done: &str,
) -> Result<State> {
    let rows = session.brief(sql, &[&job, by]).await?;
    if let Some(row) = rows.first() {
        return state(row.get(0));
    }
    let sql = include_str!("../../queries/queue/state.sql");
    let rows = session.brief(sql, &[&job]).await?;
    let Some(row) = rows.first() else { return Err(unknown(job)) };
    let is: &str = row.get(0);
    let problem = Problem::new(Kind::Usage, format!("job {job} cannot be {done}: it is {is}"));
    Err(problem.hint(format!("karat jobs show {job} says what became of it")))
}

fn unknown(job: i64) -> Problem {
    Problem::new(Kind::Usage, format!("there is no job {job}"))
        .hint("karat jobs list shows what there is; those that ended long ago are forgotten")
}

fn state(name: &str) -> Result<State> {
    let unknown = || Problem::new(Kind::Newer, format!("a job is {name}, which is not known here"));
    State::named(name).ok_or_else(unknown)
}

/// Which jobs a worker works on.
#[derive(Clone, Copy, Debug)]
pub struct Of<'a> {
    /// Of these queues; `None` is all.
    pub queues: &'a Option<Vec<String>>,
    /// Of these kinds.
    pub kinds: &'a Vec<String>,
}

/// Whether a job is due now or within so many seconds.
pub async fn is_pending(session: &Session, of: Of<'_>, within: f64) -> Result<bool> {
    let sql = include_str!("../../queries/queue/pending.sql");
    let asked = session.brief(sql, &[of.queues, of.kinds, &within]).await?;
    Ok(asked.first().is_some_and(|row| row.get(0)))
}

/// For how many seconds jobs are kept after they ended.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Completed and cancelled ones.
    pub done: f64,
    /// Those that were given up.
    pub discarded: f64,
}

impl Default for Retention {
    /// Two weeks; a quarter of a year.
    fn default() -> Retention {
        const DAY: f64 = 24.0 * 60.0 * 60.0;
        Retention { done: 14.0 * DAY, discarded: 90.0 * DAY }
    }
}

/// Forgets some of the jobs that ended longer ago than they are kept.
pub async fn tidy(session: &Session, keep: Retention) -> Result<()> {
    let sql = include_str!("../../queries/queue/tidy.sql");
    let forgotten = session.brief(sql, &[&keep.done, &keep.discarded]).await;
    forgotten.map(drop)
}
