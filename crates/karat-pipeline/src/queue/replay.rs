//! The kind `replay`: a rejected row that somebody mended, as a job.

use karat_record::{Kind as Wrong, Problem, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Done, Kind, Order, Task, Work};
use crate::rejects;

/// Its name in the queue.
const NAME: &str = "replay";

/// The lane of everything that changes a database.
const LANE: &str = "run";

/// The kind.
pub struct Replay;

/// A replay as it lies in the queue.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Args {
    /// The name of the mended row's file.
    file: String,
    /// The hash under which a worker on another machine finds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(default)]
    overwrite: bool,
}

/// The order to load a mended row. The same row, mended in the same way, is ordered once as long as
/// it waits.
pub(crate) fn order(file: &str, sha256: Option<String>, overwrite: bool) -> Result<Order> {
    let args = Args { file: file.to_owned(), sha256, overwrite };
    let args = serde_json::to_value(&args).map_err(|e| {
        Problem::new(Wrong::Internal, format!("a replay cannot be written down: {e}"))
    })?;
    let unique_key = Some(format!("{NAME} {file} {overwrite}"));
    Ok(Order { lane: Some(LANE.to_owned()), unique_key, ..Order::new(NAME, args) })
}

impl Kind for Replay {
    fn name(&self) -> &'static str {
        NAME
    }

    fn work<'a>(&'a self, task: &'a Task) -> Work<'a> {
        Box::pin(work(task))
    }
}

async fn work(task: &Task) -> Result<Done> {
    let args: Args = task.read_args("the page of a rejected row")?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    if !args.file.starts_with("load-") || !args.file.chars().all(is_name) {
        return Err(Problem::new(Wrong::Usage, "this is no file of a mended row"));
    }
    let path = rejects::fetched(&task.project, &args.file, args.sha256.as_deref())?;
    let file = (path.as_path(), args.overwrite);
    match rejects::replay(&task.project, &task.base, file, task.reporter.clone()).await {
        Ok(done) => {
            let outcome = done.outcome;
            Ok(Done::Completed(json!({
                "load": outcome.load,
                "rejected": outcome.books.rejected,
                "settled": outcome.settled,
                "reasons": outcome.reasons,
            })))
        }
        // Another Karat changes the database.
        Err(problem) if problem.kind == Wrong::Busy => Ok(Done::NotYet(problem.what)),
        Err(problem) => Err(problem),
    }
}
