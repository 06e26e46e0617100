//! The kind `run`: what `karat run` does, as a job.

use std::path::{Path, PathBuf};

use karat_connect::vault::Vault;
use karat_record::{Kind as Wrong, Problem, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Done, Kind, Order, Task, Work};
use crate::check;
use crate::project::{Project, one_of};
use crate::report;
use crate::resolve::Effort;
use crate::run::{self, Request, Step};

/// Its name in the queue; and its lane, because one run at a time changes a database.
const NAME: &str = "run";

/// Where a project keeps the files that were loaded, by their hash.
const VAULT: &str = ".karat/files";

/// The kind.
pub struct Run;

/// A run as it lies in the queue.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Args {
    command: String,
    steps: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    entities: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<File>,
    /// Whether everything is resolved, and not what changes can reach.
    #[serde(default)]
    everything: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    #[serde(default)]
    without_values: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    report: Option<PathBuf>,
}

/// A file to be loaded: where it is, or the hash under which the project keeps it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    dataset: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

/// The order of a run. Paths become absolute, because a worker is somewhere else; a file that the
/// project keeps goes by its hash.
///
/// # Errors
/// A path of no file.
pub fn order(project: &Project, request: &Request) -> Result<Order> {
    let vault = whole(&project.root.join(VAULT)).ok();
    let file = |(dataset, path): &(String, PathBuf)| {
        let path = whole(path)?;
        let kept = vault.as_ref().is_some_and(|vault| path.starts_with(vault));
        let hash = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        let sha256 = hash.filter(|_| kept);
        let path = sha256.is_none().then_some(path);
        Ok(File { dataset: dataset.clone(), path, sha256 })
    };
    let args = Args {
        command: request.command.clone(),
        steps: request.steps.iter().map(|step| step.name().to_owned()).collect(),
        entities: request.entities.clone(),
        files: request.files.iter().map(file).collect::<Result<_>>()?,
        everything: request.effort == Effort::Everything,
        as_of: request.checks.as_of.map(|moment| moment.to_string()),
        without_values: request.checks.without_values,
        report: request.report.as_deref().map(std::path::absolute).transpose().map_err(|e| {
            Problem::io(
                "find the folder of",
                request.report.as_deref().unwrap_or(Path::new("")),
                &e,
            )
        })?,
    };
    let args = serde_json::to_value(&args)
        .map_err(|e| Problem::new(Wrong::Internal, format!("a run cannot be written down: {e}")))?;
    Ok(Order { lane: Some(NAME.to_owned()), ..Order::new(NAME, args) })
}

fn whole(path: &Path) -> Result<PathBuf> {
    path.canonicalize().map_err(|e| Problem::io("read", path, &e))
}

impl Kind for Run {
    fn name(&self) -> &'static str {
        NAME
    }

    fn work<'a>(&'a self, task: &'a Task) -> Work<'a> {
        Box::pin(work(task))
    }
}

async fn work(task: &Task) -> Result<Done> {
    let request = request(task)?;
    let done = run::run(&task.project, &task.base, &request, task.reporter.clone()).await;
    let summary = done.map_err(|problems| run::first(&problems))?;
    match summary.failure {
        // It did not even begin: another Karat changes the database.
        Some(problem) if summary.number.is_none() && problem.kind == Wrong::Busy => {
            Ok(Done::NotYet(problem.what))
        }
        Some(problem) => Err(problem),
        None => {
            let changed = summary.changed();
            let results = report::results(&summary);
            Ok(Done::Completed(json!({
                "run": summary.number, "changed": changed, "results": results,
            })))
        }
    }
}

/// What the job asks for, with the project as it is now.
fn request(task: &Task) -> Result<Request> {
    let args: Args = serde_json::from_value(task.args.clone()).map_err(|e| {
        Problem::new(Wrong::Usage, format!("the arguments of the job are wrong: {e}"))
            .hint("karat run --queue writes them")
    })?;
    let project = &task.project;
    let steps = args.steps.iter().map(|name| step(name)).collect::<Result<_>>()?;
    for name in &args.entities {
        declared("entity", name, project.entities.iter().map(|entity| entity.name.as_str()))?;
    }
    let mut files = Vec::new();
    for file in args.files {
        let names = project.datasets.iter().map(|dataset| dataset.name.as_str());
        declared("dataset", &file.dataset, names)?;
        files.push((file.dataset.clone(), place(project, file)?));
    }
    let as_of = args.as_of.map(|text| {
        let moment = check::moment(&text);
        moment.ok_or_else(|| Problem::new(Wrong::Usage, format!("{text:?} is no moment")))
    });
    let effort = if args.everything { Effort::Everything } else { Effort::Changes };
    let checks = check::Options { as_of: as_of.transpose()?, without_values: args.without_values };
    let Args { command, entities, report, .. } = args;
    Ok(Request { steps, command, entities, effort, files, report, checks })
}

fn step(name: &str) -> Result<Step> {
    let names = Step::ALL.map(Step::name);
    let unknown = || Problem::new(Wrong::Usage, format!("there is no step {name:?}"));
    Step::named(name).ok_or_else(|| unknown().hint(one_of(name, &names)))
}

fn declared<'a>(what: &str, name: &str, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let names: Vec<&str> = names.collect();
    if names.contains(&name) {
        return Ok(());
    }
    let problem = Problem::new(Wrong::Usage, format!("there is no {what} {name:?}"));
    Err(problem.hint("it was renamed or removed since the job was ordered"))
}

fn place(project: &Project, file: File) -> Result<PathBuf> {
    let path = match (file.path, file.sha256) {
        (Some(path), None) => path,
        (None, Some(hash)) if hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Vault::new(project.root.join(VAULT)).path(&hash)
        }
        _ => {
            let what = "a file of the job has no path, or no hash of 64 digits";
            return Err(Problem::new(Wrong::Usage, what));
        }
    };
    if path.is_file() {
        return Ok(path);
    }
    let problem = Problem::new(Wrong::Input, format!("there is no file {}", path.display()));
    Err(problem.hint("put it back, and let the job begin anew with karat jobs retry"))
}
