//! The kind `run`: what `karat run` does, as a job.

use std::path::{Path, PathBuf};

use karat_record::{Kind as Wrong, Problem, Result};
use karat_store::Session;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Done, Kind, Order, Task, Work};
use crate::check;
use crate::project::{Project, one_of};
use crate::report;
use crate::resolve::Effort;
use crate::run::{self, Request, Step};
use crate::upload;

/// Its name in the queue; and its lane, because one run at a time changes a database.
const NAME: &str = "run";

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

/// A file to be loaded: where it is, or the hash under which the project keeps it, with the name that
/// it came with where somebody handed it over.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    dataset: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// The order of a run. Paths become absolute, because a worker is somewhere else; a file that the
/// project keeps goes by its hash, which a worker on another machine finds too.
///
/// # Errors
/// A path of no file.
pub fn order(project: &Project, request: &Request) -> Result<Order> {
    let vault = whole(project.vault().folder()).ok();
    let file = |(dataset, path): &(String, PathBuf)| {
        let (path, dataset) = (whole(path)?, dataset.clone());
        if let Some((sha256, name)) = upload::handed(project, &path) {
            return Ok(File { dataset, path: None, sha256: Some(sha256), name: Some(name) });
        }
        let kept = vault.as_ref().is_some_and(|vault| path.starts_with(vault));
        let hash = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        let sha256 = hash.filter(|_| kept);
        let path = sha256.is_none().then_some(path);
        Ok(File { dataset, path, sha256, name: None })
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

/// How a run is put into the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct How {
    /// Each step as a job of its own, one after the other.
    pub by_step: bool,
    /// Jobs that have to be completed before it begins.
    pub after: Vec<i64>,
    pub priority: i16,
    /// Seconds until it may begin.
    pub delay: u32,
    /// How often it may fail.
    pub attempts: i32,
    /// Seconds that an attempt may take.
    pub time_limit: Option<u32>,
}

impl Default for How {
    fn default() -> How {
        let (by_step, after) = (false, Vec::new());
        How { by_step, after, priority: 0, delay: 0, attempts: 5, time_limit: None }
    }
}

/// Puts a run into the queue; the numbers of its jobs.
///
/// # Errors
/// `Kind::Usage` for jobs to wait for that are not there; a path of no file.
pub async fn put(
    project: &Project,
    session: &Session,
    (request, how): (&Request, &How),
) -> Result<Vec<i64>> {
    let parts: Vec<Vec<Step>> = match how.by_step {
        false => vec![request.steps.clone()],
        true => {
            let declared = request.steps.iter().filter(|step| step.is_declared(project));
            declared.map(|step| vec![*step]).collect()
        }
    };
    let (mut jobs, mut parents) = (Vec::new(), how.after.clone());
    session.begin().await?;
    for steps in parts {
        let request = Request { steps, ..request.clone() };
        let order = Order {
            priority: how.priority,
            delay: how.delay.into(),
            max_attempts: how.attempts,
            time_limit: how.time_limit.map(f64::from),
            parents,
            ..order(project, &request)?
        };
        let job = super::enqueue(session, &order).await?.job();
        jobs.push(job);
        parents = vec![job];
    }
    session.commit().await?;
    Ok(jobs)
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
    let args: Args = task.read_args("karat run --queue")?;
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
    let back = "put it back, and let the job begin anew with karat jobs retry";
    let is_hash = |hash: &str| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let path = match (file.path, file.sha256, file.name) {
        (Some(path), None, None) => path,
        (None, Some(hash), name) if is_hash(&hash) => {
            let fetched = match name {
                Some(name) => upload::placed(project, &hash, &name),
                None => project.vault().fetch(&hash),
            };
            return fetched.map_err(|problem| match problem.hint {
                Some(_) => problem,
                None => problem.hint(back),
            });
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
    Err(problem.hint(back))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use karat_connect::vault::{Vault, hash_text};
    use karat_record::Quiet;
    use karat_store::Address;

    use super::*;
    use crate::base::Base;
    use crate::project;

    /// A project with a dataset, a file beside it and one in its vault.
    fn world() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let vault = Vault::new(root.join(".karat/files"));
        let kept = vault.path(&hash_text("id\n1\n"));
        std::fs::create_dir_all(root.join("datasets")).unwrap();
        std::fs::write(root.join("karat.toml"), "name = \"t\"\n").unwrap();
        std::fs::write(root.join("datasets/d.toml"), "files = \"d.csv\"\n").unwrap();
        std::fs::write(root.join("d.csv"), "id\n1\n").unwrap();
        vault.keep(&root.join("d.csv")).unwrap();
        (folder, root, kept)
    }

    fn task(root: &Path, args: serde_json::Value) -> Task {
        let root = root.to_owned();
        let request = project::Request { root, ..project::Request::default() };
        Task {
            project: Project::open(&request).unwrap(),
            base: Base::at(Address::parse("postgresql://a@localhost/b").unwrap()),
            args,
            reporter: Arc::new(Quiet),
        }
    }

    fn ordered(root: &Path, files: &[&Path]) -> Request {
        Request {
            steps: vec![Step::Load, Step::Resolve],
            command: "load".to_owned(),
            entities: Vec::new(),
            effort: Effort::Everything,
            files: files.iter().map(|file| ("d".to_owned(), file.to_path_buf())).collect(),
            report: Some(root.join("report.json")),
            checks: check::Options {
                as_of: check::moment("2026-03-01"),
                ..check::Options::default()
            },
        }
    }

    #[test]
    fn a_run_comes_out_of_the_queue_as_it_went_in() {
        let (_folder, root, kept) = world();
        let asked = ordered(&root, &[&root.join("datasets/../d.csv"), &kept]);
        let order = order(&task(&root, json!({})).project, &asked).unwrap();
        let files = order.args["files"].clone();
        assert_eq!(files[0]["path"], json!(root.join("d.csv")));
        assert_eq!(files[1]["sha256"], json!(hash_text("id\n1\n")));
        assert!(files[1]["path"].is_null());
        assert_eq!((order.kind.as_str(), order.lane.as_deref()), ("run", Some("run")));
        let found = request(&task(&root, order.args)).unwrap();
        let expected = ordered(&root, &[&root.join("d.csv"), &kept]);
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }

    #[test]
    fn what_does_not_fit_the_project_any_more_is_named() {
        let (_folder, root, kept) = world();
        let cases = [
            (json!({ "command": "run", "steps": ["lode"] }), "there is no step \"lode\""),
            (json!({ "command": "run", "steps": [], "extra": 1 }), "unknown field `extra`"),
            (
                json!({ "command": "run", "steps": [], "entities": ["people"] }),
                "there is no entity \"people\"",
            ),
            (
                json!({ "command": "run", "steps": [], "files": [{ "dataset": "x" }] }),
                "there is no dataset \"x\"",
            ),
            (
                json!({ "command": "run", "steps": [],
                        "files": [{ "dataset": "d", "sha256": "../../etc/passwd" }] }),
                "no hash of 64 digits",
            ),
            (json!({ "command": "run", "steps": [], "as_of": "soon" }), "\"soon\" is no moment"),
        ];
        for (args, said) in cases {
            let problem = request(&task(&root, args)).unwrap_err();
            assert!(problem.what.contains(said), "{problem}");
        }
        let args = order(&task(&root, json!({})).project, &ordered(&root, &[&kept])).unwrap().args;
        std::fs::remove_file(&kept).unwrap();
        let problem = request(&task(&root, args)).unwrap_err();
        assert_eq!(problem.kind, Wrong::Input);
    }
}
