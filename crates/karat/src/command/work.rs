//! `karat work`: a worker of the queue.

use std::sync::Arc;

use karat_pipeline::base::Base;
use karat_pipeline::queue::{self, Event, Pace, State, Stop, Tally, Until, Worker};
use karat_record::{Kind, Problem, Reporter, Result};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::{Done, Shell};
use crate::Ending;
use crate::args::Work;
use crate::output::{Output, duration};

pub async fn run(shell: &mut Shell, work: &Work) -> Done {
    let project = shell.project()?;
    let base = shell.base(&project)?;
    shell.agreed(&project, &base, work.yes)?;
    let reporter = shell.reporter()?;
    drop(queue::open(&base.address).await?);
    let until = match (work.once, work.until_idle) {
        (true, _) => Until::Once,
        (_, true) => Until::Idle,
        _ => Until::Stopped,
    };
    let worker = Worker {
        slots: work.workers.into(),
        queues: (!work.queues.is_empty()).then(|| work.queues.clone()),
        until,
        ..worker(shell, base, reporter)
    };
    let stop = Stop::default();
    listen(&stop)?;
    if until == Until::Stopped {
        shell.output.line("working; Ctrl-C hands back what is not done, and ends");
    }
    let tally = worker.run(stop).await?;
    let Tally { completed, retryable, discarded, cancelled, put_back, lost } = tally;
    shell.output.line(format!(
        "{completed} completed, {retryable} to be tried again, {discarded} given up, \
         {cancelled} cancelled, {put_back} put back"
    ));
    shell.output.document(&json!({
        "completed": completed, "retryable": retryable, "discarded": discarded,
        "cancelled": cancelled, "put_back": put_back, "lost": lost,
    }));
    let is_wrong = until != Until::Stopped && discarded > 0;
    Ok(if is_wrong { Ending::Findings } else { Ending::Done })
}

/// A worker on one job at a time, of any queue, that tells people what it does.
pub fn worker(shell: &Shell, base: Base, reporter: Arc<dyn Reporter>) -> Worker {
    let output = shell.output.clone();
    Worker {
        project: shell.request(),
        base,
        slots: 1,
        queues: None,
        until: Until::Stopped,
        kinds: queue::kinds(),
        pace: Pace::default(),
        reporter,
        watch: Arc::new(move |event| say(&output, event)),
    }
}

/// The first SIGTERM or SIGINT lets work go on to where nothing is half done, the second does not.
pub fn listen(stop: &Stop) -> Result<()> {
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let mut signals = signal(kind).map_err(|e| {
            Problem::new(Kind::Internal, format!("signals cannot be listened to: {e}"))
        })?;
        let stop = stop.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                if stop.leave.is_cancelled() {
                    stop.now.cancel();
                }
                stop.leave.cancel();
            }
        });
    }
    Ok(())
}

fn say(out: &Output, event: &Event<'_>) {
    match event {
        Event::Began(attempt) => {
            let (job, number) = (attempt.claim.job, attempt.claim.attempt);
            let again = if number > 1 { format!(", begun {number} times") } else { String::new() };
            out.line(format!("job {job}: {}{again}", attempt.kind));
        }
        Event::Ended { attempt, state, problem, took } => {
            let job = attempt.claim.job;
            let became = match state {
                Some(State::Completed) => "completed",
                Some(State::Retryable) => "failed, and is tried again later",
                Some(State::Discarded) => "given up",
                Some(State::Cancelled) => "cancelled",
                Some(State::Scheduled) => "has to wait, and comes again soon",
                Some(_) => "handed back",
                None => "taken by another worker",
            };
            out.line(format!("job {job}: {became} after {}", duration(*took)));
            if let Some(problem) = problem {
                out.line(format!("  {}", problem.to_string().replace('\n', "\n  ")));
            }
        }
        Event::Rescued(lost, state) => {
            let (job, worker) = (lost.claim.job, &lost.claim.worker);
            let state = state.name();
            out.line(format!("job {job}: {state}; nothing was heard any more of {worker}"));
        }
        Event::Away(problem) => out.line(format!("waiting for the database: {}", problem.what)),
        Event::Back => out.line("the database is there again"),
    }
}
