//! Loading: files and derived datasets into their tables, with the books balanced.

mod arrival;
mod contract;
mod each;
mod file;
mod file_rows;
mod header;
mod maker;
mod part;
mod pass;
mod plan;
pub mod replay;
pub mod reread;
mod segments;
mod widen;
mod writer;

use std::path::Path;
use std::time::{Duration, Instant};

use karat_record::{Kind, Problem, Result, Stage};
use karat_store::Session;
use karat_store::load::{self as store, Books, SchemaChange};
use serde::Serialize;

use crate::context::Context;
use crate::project::Project;
use crate::project::dataset::{Dataset, Origin};

pub use karat_rules::detect::names::column_name;
pub use plan::ordered;

/// What became of one arrival.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub dataset: String,
    /// The file, or the dataset that it was made from.
    pub origin: String,
    /// `None`: these bytes were loaded before, and nothing was done.
    pub books: Option<Books>,
    /// What cleaning dropped: column, reason, count.
    pub dropped: Vec<(String, String, u64)>,
    pub notes: Vec<String>,
    /// Columns that the load added or widened.
    pub schema_changes: Vec<SchemaChange>,
    #[serde(serialize_with = "as_seconds")]
    pub took: Duration,
}

fn as_seconds<S: serde::Serializer>(took: &Duration, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_f64((took.as_secs_f64() * 1000.0).round() / 1000.0)
}

/// Loads every arrival of a dataset. The write lock must be held.
pub async fn load(context: &Context<'_>, dataset: &Dataset) -> Result<Vec<Summary>> {
    let mut summaries = Vec::new();
    match &dataset.origin {
        Origin::Files { patterns, optional, .. } => {
            for path in file::find(context, dataset, patterns, *optional)? {
                context.boundary()?;
                let shown = path.display().to_string();
                let work = file::load(context, dataset, &path);
                summaries.push(reported(context, dataset, &shown, work).await?);
            }
        }
        Origin::Each { dataset: parent, .. } => {
            let work = each::load(context, dataset);
            summaries.push(reported(context, dataset, parent, work).await?);
        }
    }
    Ok(summaries)
}

/// Loads one file that the user named into a dataset, whatever its patterns say.
pub async fn load_file(context: &Context<'_>, dataset: &Dataset, path: &Path) -> Result<Summary> {
    if let Origin::Each { dataset: parent, .. } = &dataset.origin {
        let what = format!("{} is made from dataset {parent}, not from files", dataset.name);
        return Err(Problem::new(Kind::Usage, what).hint(format!("load the file into {parent}")));
    }
    let shown = path.display().to_string();
    reported(context, dataset, &shown, file::load(context, dataset, path)).await
}

/// Drops what broken-off loads left that cannot go on: stages of files that are no longer there,
/// or of datasets that are no longer declared. The write lock must be held.
pub async fn sweep(project: &Project, session: &Session) -> Result<()> {
    for unfinished in store::unfinished(session).await? {
        let origin = Path::new(&unfinished.origin);
        let is_there = project.root.join(origin).is_file() || origin.is_file();
        let is_declared = project.dataset(&unfinished.dataset).is_some();
        if unfinished.of.table.is_none() && !(is_there && is_declared) {
            unfinished.discard(session).await?;
        }
    }
    store::Stage::sweep(session).await
}

/// Whether a dataset is made from one that these files are loaded into.
pub fn follows(dataset: &Dataset, files: &[(String, std::path::PathBuf)]) -> bool {
    match &dataset.origin {
        Origin::Each { dataset: parent, .. } => files.iter().any(|(name, _)| name == parent),
        Origin::Files { .. } => false,
    }
}

/// Whether a file is one of those that a dataset's pattern names.
pub fn fits(project: &Project, pattern: &str, file: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (root, file) = (whole(&project.root), whole(file));
    let inside = file.strip_prefix(&root).ok();
    glob::Pattern::new(pattern).is_ok_and(|p| inside.is_some_and(|path| p.matches_path(path)))
}

/// What a load returns to be summed up; `None`: nothing was to be done.
type Loaded = Option<Outcome>;

struct Outcome {
    books: Books,
    dropped: Vec<(String, String, u64)>,
    notes: Vec<String>,
    schema_changes: Vec<SchemaChange>,
}

async fn reported(
    context: &Context<'_>,
    dataset: &Dataset,
    origin: &str,
    work: impl Future<Output = Result<Loaded>>,
) -> Result<Summary> {
    let stage = Stage::new("load", dataset.name.clone());
    let since = Instant::now();
    let mut summary = Summary {
        dataset: dataset.name.clone(),
        origin: origin.to_owned(),
        books: None,
        dropped: Vec::new(),
        notes: Vec::new(),
        schema_changes: Vec::new(),
        took: Duration::ZERO,
    };
    if let Some(outcome) = work.await? {
        summary.books = Some(outcome.books);
        summary.dropped = outcome.dropped;
        summary.notes = outcome.notes;
        summary.schema_changes = outcome.schema_changes;
    }
    summary.took = since.elapsed();
    context.reporter.ended(&stage, &summary.line());
    Ok(summary)
}

impl Summary {
    /// The summary for a person: only what is not zero.
    pub fn line(&self) -> String {
        let Some(books) = &self.books else {
            return "unchanged, loaded before".to_owned();
        };
        let parts = [
            (books.inserted, "new"),
            (books.updated, "updated"),
            (books.unchanged, "unchanged"),
            (books.duplicate, "duplicate"),
            (books.rejected, "rejected"),
            (books.removed, "removed"),
        ];
        let parts: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        let outcome = if parts.is_empty() { "no rows".to_owned() } else { parts.join(", ") };
        format!("{} rows read: {outcome}", books.read)
    }
}
