//! The queue of a project's database, and the kinds of work that its workers do.

mod control;
mod ending;
mod name;
mod pace;
mod progress;
pub mod replay;
pub mod run;
mod webhook;
mod work;
mod worker;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use karat_record::{Kind as Wrong, Problem, Reporter, Result};
use karat_store::lock::WriteLock;
use karat_store::{Address, Session, own};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::base::Base;
use crate::project::Project;

pub use karat_store::queue::{
    Attempt, Enqueued, Failed, Job, Order, Said, State, Wanted, cancel, enqueue, find, list, retry,
};
pub use pace::Pace;
pub use worker::{Event, Stop, Tally, Until, Worker};

/// A kind of work that jobs are of.
pub trait Kind: Send + Sync {
    /// Its name in the queue.
    fn name(&self) -> &'static str;

    /// Does the work of a job. It may be ended anywhere, and the job begun anew, by another
    /// process even: what it does must be the same when it is done again. All of its database's
    /// transactions go through `task.base.address`, so that none is committed once the job is
    /// somebody else's.
    fn work<'a>(&'a self, task: &'a Task) -> Work<'a>;
}

/// Work on its way.
pub type Work<'a> = Pin<Box<dyn Future<Output = Result<Done>> + Send + 'a>>;

/// What a kind works with.
pub struct Task {
    /// Read for this attempt.
    pub project: Project,
    pub base: Base,
    /// What the job was ordered with.
    pub args: Json,
    pub reporter: Arc<dyn Reporter>,
}

impl Task {
    /// What the job was ordered with, as its kind reads it. `writer` is who writes such orders.
    ///
    /// # Errors
    /// `Kind::Usage` where somebody else wrote this one.
    fn read_args<T: DeserializeOwned>(&self, writer: &str) -> Result<T> {
        T::deserialize(&self.args).map_err(|e| {
            Problem::new(Wrong::Usage, format!("the arguments of the job are wrong: {e}"))
                .hint(format!("{writer} writes them"))
        })
    }
}

/// How work ends that did not fail.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    /// The job's result: no values of records, no secrets.
    Completed(Json),
    /// Somebody else holds what is needed; the job comes again soon.
    NotYet(String),
}

/// All kinds that Karat brings.
pub fn kinds() -> Vec<Arc<dyn Kind>> {
    vec![Arc::new(run::Run), Arc::new(replay::Replay), Arc::new(webhook::Webhook)]
}

/// How long the queue's tables wait for another Karat to end before they can be made.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// A session for the queue, whose tables are made where they are not there.
///
/// # Errors
/// `Kind::Newer` when a later Karat has been here, and `Kind::Busy` when another one does not end.
pub async fn open(address: &Address) -> Result<Session> {
    let session = Session::open(address).await?;
    if !own::is_ready(&session).await? {
        let _alone = WriteLock::take(address, PATIENCE, |_| {}).await?;
        own::prepare(&session).await?;
    }
    Ok(session)
}

/// A session for looking at the queue; none where nothing was ever put into it.
///
/// # Errors
/// `Kind::Newer` when a later Karat has been here.
pub async fn look(address: &Address) -> Result<Option<Session>> {
    let session = Session::open(address).await?;
    Ok(own::is_ready(&session).await?.then_some(session))
}
