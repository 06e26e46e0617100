//! A worker: begins jobs, keeps them, and puts on record what became of them.

use std::sync::Arc;
use std::time::Duration;

use karat_record::{Kind as Wrong, Problem, Reporter, Result};
use karat_store::queue::{Attempt, Lost, State};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::control::Control;
use super::{Kind, Pace};
use crate::base::Base;
use crate::project;

/// A worker that is to run. It needs one connection for itself, besides those of its jobs.
pub struct Worker {
    /// How the project is read, anew for each job.
    pub project: project::Request,
    /// The database whose jobs it works on, also where the project names another one by now.
    pub base: Base,
    /// How many jobs it works on at once.
    pub slots: usize,
    /// Of which queues; `None` is all.
    pub queues: Option<Vec<String>>,
    pub until: Until,
    /// The kinds of work that it knows; it leaves others alone.
    pub kinds: Vec<Arc<dyn Kind>>,
    pub pace: Pace,
    /// Told of the progress of jobs.
    pub reporter: Arc<dyn Reporter>,
    /// Told of what the worker does.
    pub watch: Watch,
}

/// Listens to a worker.
pub type Watch = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// When a worker ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Never.
    Stopped,
    /// When nothing is left that is due within a minute.
    Idle,
    /// After one job, or at once where there is none.
    Once,
}

/// Ends a worker. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// It begins nothing more, and hands jobs back where nothing is half done.
    pub leave: CancellationToken,
    /// It hands jobs back at once.
    pub now: CancellationToken,
}

/// What a worker tells.
#[derive(Debug)]
pub enum Event<'a> {
    /// An attempt begins.
    Began(&'a Attempt),
    /// An attempt is over. The job's state is `None` where the attempt was not in force any more.
    Ended {
        attempt: &'a Attempt,
        state: Option<State>,
        problem: Option<&'a Problem>,
        took: Duration,
    },
    /// An attempt was taken from a worker of whom nothing was heard; the job's state since.
    Rescued(&'a Lost, State),
    /// The database cannot be reached; said once until it can.
    Away(&'a Problem),
    /// The database is there again.
    Back,
}

/// How often attempts left their job in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub completed: u64,
    pub retryable: u64,
    pub discarded: u64,
    pub cancelled: u64,
    /// Handed back, or to come again soon.
    pub put_back: u64,
    /// Not in force any more.
    pub lost: u64,
}

impl Tally {
    pub(super) fn count(&mut self, state: Option<State>) {
        let count = match state {
            Some(State::Completed) => &mut self.completed,
            Some(State::Retryable) => &mut self.retryable,
            Some(State::Discarded) => &mut self.discarded,
            Some(State::Cancelled) => &mut self.cancelled,
            Some(State::Waiting | State::Available | State::Scheduled | State::Running) => {
                &mut self.put_back
            }
            None => &mut self.lost,
        };
        *count += 1;
    }
}

impl Worker {
    /// Works until it is stopped or, if that is wanted, nothing is left to do. Heartbeats have a
    /// thread of their own, so that no work can hold them up. Dropping it is `stop.now`.
    ///
    /// # Errors
    /// What will not pass by itself: `Kind::Newer` when a later Karat has been here, or rights
    /// that are missing. A database that is away is waited for.
    pub async fn run(self, stop: Stop) -> Result<Tally> {
        let jobs = Handle::current();
        let _guard = stop.now.clone().drop_guard();
        let (tell, told) = oneshot::channel();
        let control = move || {
            let outcome = match Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime.block_on(Control::new(self, jobs, stop).run()),
                Err(error) => Err(unable(&error)),
            };
            drop(tell.send(outcome));
        };
        let thread = std::thread::Builder::new().name("queue".to_owned());
        thread.spawn(control).map_err(|e| unable(&e))?;
        let ended = |_| Problem::new(Wrong::Internal, "the worker's thread ended");
        told.await.map_err(ended)?
    }
}

fn unable(error: &std::io::Error) -> Problem {
    Problem::new(Wrong::Internal, format!("a worker cannot be started: {error}"))
}
