//! Making outputs: all of one snapshot of the data, put on record in one transaction.

use std::time::Instant;

use karat_connect::storage::Storage;
use karat_connect::vault::hash_text;
use karat_record::{Kind, Problem, Result, Stage};
use karat_store::load::Target;
use karat_store::output::{self as store, Kept, New, Pivot as Statement};
use karat_store::{Session, Table, table};
use serde_json::{Value as Json, json};

use super::shape::Shape;
use super::{Options, Summary, content, dashboard, export, lineage, manifest, pivot};
use crate::context::Context;
use crate::project::outputs::{Form, From, Pivot};
use crate::project::{Output, Project};

/// Version of Karat, which is part of what an output is made by.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What making works with.
pub struct Maker<'a> {
    pub project: &'a Project,
    pub session: &'a Session,
    pub storage: Storage,
    pub options: Options<'a>,
    /// The tables that were read, with their digests.
    tables: Vec<(Target, String)>,
}

/// A pivot, ready to be read.
pub struct Ready<'a> {
    pub output: &'a Output,
    pub pivot: &'a Pivot,
    pub target: Target,
    pub aggregate: store::Aggregate,
    pub shapes: Vec<Shape>,
    pub notes: Vec<String>,
    /// Of what it is made from, and how.
    pub fingerprint: String,
}

impl Ready<'_> {
    /// What reads it.
    pub fn statement(&self) -> Statement<'_> {
        Statement {
            target: &self.target,
            condition: self.pivot.condition.as_deref(),
            group: self.pivot.group.as_ref().map(|group| group.column.as_str()),
            rows: &self.pivot.rows,
            columns: &self.pivot.columns,
            value: &self.pivot.value,
            aggregate: self.aggregate,
        }
    }
}

/// A file that was made, without what it was made from.
pub struct Made {
    pub name: String,
    pub content: karat_connect::storage::Content,
    pub content_type: &'static str,
    pub rows: Option<u64>,
    /// What else is known of it.
    pub detail: Json,
}

/// Makes those of the outputs that have changed, and puts them on record. The write lock must be
/// held, and the context must have a run.
///
/// # Errors
/// A column that is not there, codes that a template does not take, values that a format cannot
/// hold. Nothing is put on record then.
pub async fn make(
    context: &Context<'_>,
    wanted: &[&Output],
    options: Options<'_>,
) -> Result<Vec<Summary>> {
    let session = context.connect().await?;
    session.begin_still().await?;
    let before = store::list(&session, None).await?;
    let mut maker = Maker {
        project: context.project,
        session: &session,
        storage: context.project.storage(),
        options,
        tables: Vec::new(),
    };
    let run = context.run.unwrap_or_default();
    let mut summaries = Vec::new();
    let mut fresh: Vec<New> = Vec::new();
    for output in wanted {
        let stage = Stage::new("make", output.name.clone());
        context.reporter.started(&stage, None);
        let (summary, made) = maker.output(output, &before).await?;
        context.reporter.ended(&stage, &summary.line());
        summaries.push(summary);
        fresh.extend(made);
    }
    let kept = manifest::stays(context.project, wanted, &summaries, before.clone());
    refuse_clashes(&kept, &fresh)?;
    if let Some(manifest) = manifest::make(&maker, run, (&kept, &fresh), &before)? {
        fresh.push(manifest);
    }
    store::keep(&session, run, &fresh).await?;
    session.commit().await?;
    Ok(summaries)
}

impl<'a> Maker<'a> {
    async fn output(&mut self, output: &'a Output, before: &[Kept]) -> Result<(Summary, Vec<New>)> {
        let since = Instant::now();
        let mut summary = Summary::new(output);
        let ready = self.ready(output).await.map_err(|problem| placed(problem, output))?;
        let fingerprint = self.fingerprint(output, &ready).await?;
        let mut notes: Vec<String> = Vec::new();
        if output.pivot().is_some() {
            let all = ready.iter().flat_map(|ready| {
                ready.notes.iter().chain(ready.shapes.iter().flat_map(|shape| &shape.notes))
            });
            notes.extend(all.cloned());
        }
        let there: Vec<&Kept> = before.iter().filter(|k| k.file.output == output.name).collect();
        let is_of = |kept: &&Kept| kept.file.made_from["fingerprint"] == fingerprint.as_str();
        let mut is_same = !self.options.anew && !there.is_empty() && there.iter().all(is_of);
        for kept in &there {
            is_same = is_same && self.storage.has(&content(kept))?;
        }
        if is_same {
            summary.unchanged = true;
            summary.files = there.into_iter().map(|kept| kept.file.clone()).collect();
            summary.notes = notes;
            summary.took = since.elapsed();
            return Ok((summary, Vec::new()));
        }
        let made = self.files(output, &ready).await.map_err(|problem| placed(problem, output))?;
        let new = |made: Made| {
            let mut from = json!({ "karat": VERSION, "fingerprint": fingerprint, "notes": notes });
            if let (Json::Object(from), Json::Object(detail)) = (&mut from, made.detail) {
                from.extend(detail);
            }
            New {
                name: made.name,
                output: output.name.clone(),
                kind: output.form.kind().to_owned(),
                sha256: made.content.sha256,
                bytes: made.content.bytes,
                content_type: made.content_type.to_owned(),
                rows: made.rows,
                made_from: from,
            }
        };
        let fresh: Vec<New> = made.into_iter().map(new).collect();
        // No group has records, as before.
        summary.unchanged = fresh.is_empty() && there.is_empty();
        summary.files = fresh.clone();
        summary.notes = notes;
        summary.took = since.elapsed();
        Ok((summary, fresh))
    }

    /// Makes the files of an output.
    async fn files(&mut self, output: &Output, ready: &[Ready<'_>]) -> Result<Vec<Made>> {
        Ok(match &output.form {
            Form::Pivot(_) => pivot::make(self, &ready[0]).await?,
            Form::Export(export) => {
                let target = self.table(&export.from).await?.0.clone();
                vec![export::make(self, export, &target).await?]
            }
            Form::Dashboard(dashboard) => vec![dashboard::make(self, dashboard, ready).await?],
            Form::Lineage(lineage) => vec![lineage::make(self, lineage, ready).await?],
        })
    }

    /// The pivot that an output is, or those that it is made from.
    async fn ready(&mut self, output: &'a Output) -> Result<Vec<Ready<'a>>> {
        let mut ready = Vec::new();
        if output.pivot().is_some() {
            ready.push(self.pivot(output).await?);
        }
        for name in output.form.of() {
            let declared = self.project.outputs.iter().find(|other| other.name == *name);
            let missing = || Problem::new(Kind::Internal, "a declared output is not there");
            ready.push(self.pivot(declared.ok_or_else(missing)?).await?);
        }
        Ok(ready)
    }

    async fn pivot(&mut self, output: &'a Output) -> Result<Ready<'a>> {
        let missing = || Problem::new(Kind::Internal, "a pivot is none");
        let (_, pivot) = output.pivot().ok_or_else(missing)?;
        let Options { aggregate, only, .. } = self.options;
        let aggregate = aggregate.filter(|_| only.is_empty() || only.contains(&output.name));
        let aggregate = aggregate.unwrap_or(pivot.aggregate);
        let (target, digest) = self.table(&pivot.from).await?.clone();
        let fingerprint =
            hash_text(&format!("{VERSION}\n{}\n{}\n{digest}", output.settings, aggregate.name()));
        let (shapes, notes) = (Vec::new(), Vec::new());
        let mut ready = Ready { output, pivot, target, aggregate, shapes, notes, fingerprint };
        let at = |problem: Problem| placed(problem, output);
        ready.statement().cells().map_err(at)?;
        let codes = ready.statement().codes(self.session).await.map_err(at)?;
        (ready.shapes, ready.notes) = super::shape::shapes(pivot, &codes).map_err(at)?;
        Ok(ready)
    }

    /// What an output is made of and how, in one text.
    async fn fingerprint(&mut self, output: &Output, ready: &[Ready<'_>]) -> Result<String> {
        let mut parts = vec![VERSION.to_owned(), output.settings.clone()];
        parts.extend(ready.iter().map(|ready| ready.fingerprint.clone()));
        if let Form::Export(export) = &output.form {
            parts.push(self.table(&export.from).await?.1.clone());
        }
        Ok(hash_text(&parts.join("\n")))
    }

    /// A table with the digest of what it holds.
    async fn table(&mut self, from: &From) -> Result<&(Target, String)> {
        let name = table_of(self.project, from)?;
        let at = match self.tables.iter().position(|(target, _)| target.table == *name) {
            Some(at) => at,
            None => {
                let target = store::source(self.session, name).await?;
                let digest = table::digest(self.session, name).await?.0;
                self.tables.push((target, digest));
                self.tables.len() - 1
            }
        };
        Ok(&self.tables[at])
    }
}

/// The same problem, at the file that declares an output.
pub fn placed(problem: Problem, output: &Output) -> Problem {
    match problem.place {
        Some(_) => problem,
        None => problem.at(karat_record::Place::file(format!("outputs/{}.toml", output.name))),
    }
}

/// The table that an output is made from.
pub fn table_of<'a>(project: &'a Project, from: &'a From) -> Result<&'a Table> {
    let missing = || Problem::new(Kind::Internal, "what an output is made from is not there");
    match from {
        From::Table(table) => Ok(table),
        From::Dataset(name) => project.dataset(name).map(|d| &d.table).ok_or_else(missing),
        From::Entity(name) => {
            let entity = project.entities.iter().find(|entity| entity.name == *name);
            entity.map(|entity| &entity.golden.table).ok_or_else(missing)
        }
    }
}

fn refuse_clashes(kept: &[Kept], fresh: &[New]) -> Result<()> {
    let mut files: Vec<(&str, &str)> =
        kept.iter().map(|kept| (kept.file.name.as_str(), kept.file.output.as_str())).collect();
    files.extend(fresh.iter().map(|new| (new.name.as_str(), new.output.as_str())));
    files.sort_unstable();
    let Some(pair) = files.windows(2).find(|pair| pair[0].0 == pair[1].0) else { return Ok(()) };
    let what = format!("outputs {} and {} both make {:?}", pair[0].1, pair[1].1, pair[0].0);
    Err(Problem::new(Kind::Project, what).hint("give one of them another file = \"...\""))
}
