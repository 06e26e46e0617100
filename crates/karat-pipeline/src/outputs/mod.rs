//! Outputs: what is made of the data for people to take away, kept by its content, on record, and
//! made again only when what it is made from has changed.

mod canonical;
mod dashboard;
mod export;
mod grid;
mod lineage;
pub mod link;
mod make;
mod manifest;
mod natural;
mod pivot;
mod prune;
mod shape;
mod summary;
mod verify;

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use karat_connect::storage::Content;
use karat_connect::vault::hash_file;
use karat_record::{Kind, Problem, Reporter, Result};
use karat_store::{Session, own};
use serde_json::json;

use crate::base::Base;
use crate::context::Context;
use crate::on_record::OnRecord;
use crate::project::{Output, Project, one_of};

pub use karat_store::output::{Aggregate, Kept};
pub use make::make;
pub use prune::{Pruned, prune};
pub use summary::Summary;
pub use verify::{Verified, verify};

/// How long the store's own links are good.
const DIRECT: Duration = Duration::from_secs(60);

/// How outputs are made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// What pivots make of several values, instead of what they declare.
    pub aggregate: Option<Aggregate>,
    /// The pivots that this is said of; empty: all.
    pub only: &'a [String],
    /// Make what has not changed, too.
    pub anew: bool,
}

/// The outputs of names, with all that they are made from and that is made from them, so that no
/// page shows other numbers than the files beside it. No name is all.
///
/// # Errors
/// A name that the project does not declare.
pub fn wanted<'a>(project: &'a Project, names: &[String]) -> Result<Vec<&'a Output>> {
    let known: Vec<&str> = project.outputs.iter().map(|output| output.name.as_str()).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
        let what = format!("there is no output {name:?}");
        return Err(Problem::new(Kind::Usage, what).hint(one_of(name, &known)));
    }
    let mut wanted: Vec<&str> = match names {
        [] => known,
        names => names.iter().map(String::as_str).collect(),
    };
    loop {
        let before = wanted.len();
        for output in &project.outputs {
            let of = output.form.of();
            let is_wanted = |name: &str| wanted.contains(&name);
            if is_wanted(&output.name) || of.iter().any(|name| is_wanted(name)) {
                wanted.push(&output.name);
                wanted.extend(of.iter().map(String::as_str));
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.len() == before {
            break;
        }
    }
    Ok(project.outputs.iter().filter(|o| wanted.contains(&o.name.as_str())).collect())
}

/// Makes outputs by themselves, as a run of its own on record.
///
/// # Errors
/// As [`make`].
pub async fn run(
    project: &Project,
    base: &Base,
    (wanted, options): (&[&Output], Options<'_>),
    reporter: Arc<dyn Reporter>,
) -> Result<Vec<Summary>> {
    let context = Context { project, address: &base.address, reporter, run: None };
    let session = context.connect().await?;
    let run = OnRecord::begin(context, session, "outputs build").await?;
    let made = make(&run.context, wanted, options).await;
    let summaries = made.as_deref().unwrap_or_default();
    let detail = json!({ "outputs": summaries.iter().map(Summary::json).collect::<Vec<_>>() });
    run.end(made.as_ref().err(), &detail).await?;
    made
}

/// The files of a run; without one, those in force. None where nothing was ever made.
pub async fn list(context: &Context<'_>, run: Option<i64>) -> Result<Vec<Kept>> {
    let session = context.connect().await?;
    if !own::is_ready(&session).await? {
        return Ok(Vec::new());
    }
    karat_store::output::list(&session, run).await
}

/// The file of an id, such as a page links to.
pub async fn find(session: &Session, id: &str) -> Result<Option<Kept>> {
    karat_store::output::find(session, id).await
}

/// Opens a file that is on record, unless it is not what was put there.
///
/// # Errors
/// That it is not there, or was changed.
pub fn open(project: &Project, kept: &Kept) -> Result<File> {
    let path = fetch(project, kept)?;
    File::open(&path).map_err(|e| Problem::io("read", &path, &e))
}

/// Where a file that is on record lies on this machine, unless it is not what was put there.
///
/// # Errors
/// That it is not there, or was changed.
pub fn fetch(project: &Project, kept: &Kept) -> Result<PathBuf> {
    let path = project.storage().fetch(&kept.file.sha256)?;
    let (sha256, _) = hash_file(&path)?;
    if sha256 == kept.file.sha256 {
        return Ok(path);
    }
    let what = format!("{} was changed after it was made", kept.file.name);
    Err(Problem::new(Kind::Data, what).hint("karat outputs build makes it again"))
}

/// The store's own link by which a browser saves a file for a minute, where the project wants such
/// links and its bucket has the file.
///
/// # Errors
/// When the bucket does not answer.
pub async fn direct_link(project: &Project, kept: &Kept) -> Result<Option<String>> {
    if !project.direct {
        return Ok(None);
    }
    let name = kept.file.name.rsplit('/').next().unwrap_or(&kept.file.name);
    let header = link::Disposition::Attachment.header(name);
    let content = content(kept);
    project.storage().link(&content, (name, &header), DIRECT).await
}

/// What is on record of a file's bytes.
fn content(kept: &Kept) -> Content {
    Content { sha256: kept.file.sha256.clone(), bytes: kept.file.bytes }
}

/// Those of `files` that a name means: a file, or all files of an output.
///
/// # Errors
/// A name that is neither.
pub fn named<'a>(files: &'a [Kept], name: &str) -> Result<Vec<&'a Kept>> {
    let by = |of: fn(&Kept) -> &str| files.iter().filter(|kept| of(kept) == name).collect();
    let found: Vec<&Kept> = by(|kept| &kept.file.name);
    let found: Vec<&Kept> = if found.is_empty() { by(|kept| &kept.file.output) } else { found };
    if !found.is_empty() {
        return Ok(found);
    }
    let names: Vec<&str> = files.iter().map(|kept| kept.file.name.as_str()).collect();
    let problem = Problem::new(Kind::Usage, format!("there is no output {name:?}"));
    Err(problem.hint(match names.is_empty() {
        true => "karat run makes the outputs that the project declares".to_owned(),
        false => one_of(name, &names),
    }))
}
