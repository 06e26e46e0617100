//! Replaying rejects: a mended export is loaded as its dataset's files are, as a load of its own,
//! and each reject remembers what became of it.

pub mod mended;
mod rows;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use karat_connect::csv::Repair;
use karat_connect::raw::RawForm;
use karat_connect::vault::hash_file;
use karat_record::{Kind, Place, Problem, Result, Stage as Reported};
use karat_store::Session;
use karat_store::load::{self as store, Ages, Books, Load, Mode, Stage};
use karat_store::rejects::{self, Found, Replayed};
use serde::Serialize;

use self::mended::{BEFORE, BEHIND, Mended, Named};
use self::rows::{MendedRows, Rejected};
use super::arrival::{Arrival, Written};
use super::contract::Fit;
use super::file;
use super::maker::Maker;
use super::plan;
use super::writer::{Route, Writer};
use crate::context::Context;
use crate::project::Project;
use crate::project::dataset::{Dataset, From, Origin};

/// What became of a mended file.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    pub dataset: String,
    pub origin: String,
    /// The load; `None` when nothing was to be done, or no row fits that did not before.
    pub load: Option<i64>,
    /// Of the rows of the file: those that were settled before count as duplicates.
    pub books: Books,
    /// Rows whose reject was replayed or dismissed before.
    pub settled: u64,
    /// Why rows were rejected again, the most frequent first; empty when none were.
    pub reasons: String,
    pub notes: Vec<String>,
}

/// Loads the rows of a mended export that mend open rejects. The write lock must be held.
///
/// # Errors
/// A file that is no export, names rows that were not rejected or twice the same, or lacks columns
/// that the rows had. Nothing is loaded then.
pub async fn replay(context: &Context<'_>, path: &Path, overwrite: bool) -> Result<Outcome> {
    let session = context.connect().await?;
    let inside = path.strip_prefix(&context.project.root).unwrap_or(path);
    let shown = inside.display().to_string();
    let mended = Mended::open(path, &shown, Repair::default())?;
    let places = mended.places()?;
    let found = find(&session, &shown, &places).await?;
    let dataset = dataset_of(context.project, &shown, &found)?;
    let Origin::Files { form, .. } = &dataset.origin else { return Err(derived(dataset)) };
    let mended = Mended::open(path, &shown, form.text.repair)?;
    let (open, settled) = unsettled(&shown, found)?;
    let mut outcome = Outcome {
        dataset: dataset.name.clone(),
        origin: shown,
        load: None,
        books: Books::default(),
        settled,
        reasons: String::new(),
        notes: Vec::new(),
    };
    if open.is_empty() {
        outcome.books = Books { read: settled, duplicate: settled, ..Books::default() };
        return Ok(outcome);
    }
    let forms = forms(&session, &mended, &open).await?;
    let (reporter, stage) = (context.reporter.clone(), Reported::new("replay", &*dataset.name));
    let rejected = Arc::new(Rejected { mended, open, forms, reporter, stage });
    let replay = Replay { context, dataset: as_mended(dataset), rejected, overwrite };
    replay.load(&session, &mut outcome).await?;
    Ok(outcome)
}

/// The reject that each row of the file mends.
async fn find(session: &Session, shown: &str, places: &[Named]) -> Result<Vec<(i64, Found)>> {
    let loads: Vec<i64> = places.iter().map(|place| place.load).collect();
    let lines: Vec<i64> = places.iter().map(|place| place.line).collect();
    let found = rejects::find(session, &loads, &lines).await?;
    let named = places.iter().zip(found).map(|(place, found)| {
        let found = found.ok_or_else(|| {
            let what = format!("no row was rejected at line {} of load {}", place.line, place.load);
            let problem = Problem::new(Kind::Input, what);
            let hint = "karat_load and karat_line must stay as they were exported from this \
                        database";
            problem.at(Place::line(shown, place.row as u64)).hint(hint)
        })?;
        Ok((place.row, found))
    });
    named.collect()
}

/// The dataset that all rows were rejected from.
fn dataset_of<'p>(
    project: &'p Project,
    shown: &str,
    found: &[(i64, Found)],
) -> Result<&'p Dataset> {
    let Some((_, first)) = found.first() else {
        let problem = Problem::new(Kind::Input, "the file has no rows").at(Place::file(shown));
        return Err(problem.hint("write it anew with karat rejects export FILE"));
    };
    if let Some((row, other)) = found.iter().find(|(_, other)| other.dataset != first.dataset) {
        let what = format!("rows of {} and of {} are in one file", first.dataset, other.dataset);
        let problem = Problem::new(Kind::Input, what).at(Place::line(shown, *row as u64));
        return Err(problem.hint("replay each dataset's rows by themselves"));
    }
    project.dataset(&first.dataset).ok_or_else(|| {
        let what = format!("dataset {} is no longer declared", first.dataset);
        let hint = format!("declare it in datasets/{}.toml", first.dataset);
        Problem::new(Kind::Project, what).hint(hint)
    })
}

/// A dataset that is made from another has no rows of its own to mend.
pub fn derived(dataset: &Dataset) -> Problem {
    let Origin::Each { dataset: parent, .. } = &dataset.origin else {
        return Problem::new(Kind::Internal, "a dataset of files is derived");
    };
    let what = format!("{} is made from dataset {parent}, not from files", dataset.name);
    let hint = format!("mend the record of {parent}; the next run makes {} anew", dataset.name);
    Problem::new(Kind::Usage, what).hint(hint)
}

/// The rejects that are still to be mended, by row, and the number of the others.
fn unsettled(shown: &str, found: Vec<(i64, Found)>) -> Result<(HashMap<i64, Found>, u64)> {
    let mut open = HashMap::new();
    let mut settled = 0;
    let mut rows: HashMap<(i64, i64), i64> = HashMap::new();
    for (row, found) in found {
        if let Some(first) = rows.insert((found.load, found.line), row) {
            let what = format!("the row is the same rejected row as line {first}");
            let problem = Problem::new(Kind::Input, what).at(Place::line(shown, row as u64));
            return Err(problem.hint("keep one of the two; load new rows with karat load"));
        }
        match found.state.as_str() {
            "open" | "superseded" => drop(open.insert(row, found)),
            _ => settled += 1,
        }
    }
    Ok((open, settled))
}

/// How the raw rows were written.
///
/// # Errors
/// When the mended file lacks a column that they had.
async fn forms(
    session: &Session,
    mended: &Mended,
    open: &HashMap<i64, Found>,
) -> Result<BTreeMap<i64, RawForm>> {
    let mut loads: Vec<i64> =
        open.values().flat_map(|found| [found.load, found.written_in()]).collect();
    loads.sort_unstable();
    loads.dedup();
    let forms = rejects::forms(session, &loads).await?;
    let forms: BTreeMap<i64, RawForm> =
        forms.iter().filter_map(|(load, form)| Some((*load, RawForm::from_json(form)?))).collect();
    let own = mended.headers();
    let headers = forms.values().flat_map(|form| form.headers());
    let missing = headers.filter(|header| !header.is_empty()).find(|header| !own.contains(header));
    if let Some(header) = missing {
        let what = format!("the column {header:?} of the rejected rows is missing");
        let problem = Problem::new(Kind::Input, what).at(Place::file(&mended.shown));
        return Err(problem.hint("mend rows in the export as it was written, with all its columns"));
    }
    Ok(forms)
}

/// The dataset as a mended file of it is loaded: what is not in the file stays.
fn as_mended(dataset: &Dataset) -> Dataset {
    let mut dataset = dataset.clone();
    dataset.ignore.extend(BEFORE.into_iter().chain([BEHIND]).map(str::to_owned));
    dataset.mode = match dataset.mode {
        Mode::Snapshot => Mode::Merge,
        Mode::History { .. } => Mode::History { complete: false },
        mode => mode,
    };
    dataset
}

/// A replay with all that it needs.
struct Replay<'a> {
    context: &'a Context<'a>,
    dataset: Dataset,
    rejected: Arc<Rejected>,
    overwrite: bool,
}

impl Replay<'_> {
    async fn load(&self, session: &Session, outcome: &mut Outcome) -> Result<()> {
        let mended = &self.rejected.mended;
        let (sha256, bytes) = hash_file(&mended.path)?;
        let (mut arrival, writer, fit) = self.begin(session, sha256.clone()).await?;
        let columns = writer.maker.columns.iter().map(|m| (m.name.clone(), m.kind.clone()));
        let columns: Vec<_> = columns.collect();
        let columns: Vec<_> = columns.iter().map(|(name, kind)| (name.clone(), kind)).collect();
        let stage = Stage::create(session, arrival.load.id, &columns).await?;
        let mut rows = MendedRows(self.rejected.clone());
        let mut writer = arrival.fill(&stage, &mut rows, writer, None).await?;
        session.begin().await?;
        fit.apply(session, arrival.load.id).await?;
        arrival.target.trace(session).await?;
        let (books, notes) = arrival.merge(session, &stage, &mut rows, &mut writer).await?;
        stage.remove(session).await?;
        let fitted = books.read - books.rejected;
        outcome.books = books;
        outcome.books.read += outcome.settled;
        outcome.books.duplicate += outcome.settled;
        outcome.reasons = writer.rejects.reasons.shown();
        let written = Written::of(&mut writer);
        outcome.notes = [
            mended.source.notes().to_vec(),
            fit.notes(&arrival.target, &[]),
            notes,
            written.lacking.notes.clone(),
        ]
        .concat();
        arrival.record(session, written, &outcome.books, true).await?;
        rejects::replayed(session, arrival.load.id, &self.done()).await?;
        if fitted == 0 && !rejects::different(session, arrival.load.id).await? {
            session.rollback().await?;
            return stage.remove(session).await;
        }
        if self.context.project.keep_files {
            self.context.project.vault().keep(&mended.path)?;
        }
        store::remember_file(session, &sha256, bytes, &mended.shown).await?;
        session.commit().await?;
        outcome.load = Some(arrival.load.id);
        Ok(())
    }

    async fn begin(&self, session: &Session, sha256: String) -> Result<(Arrival<'_>, Writer, Fit)> {
        let (context, dataset) = (self.context, &self.dataset);
        let mended = &self.rejected.mended;
        let columns = plan::for_file(dataset, &mended.source, &mended.shown)?;
        let mut target = file::target(session, dataset, &columns).await?;
        let fit = Fit::new(session, dataset, columns, &mut target, &[]).await?;
        let inputs = |from: &From| match from {
            From::Header(header) => mended.source.headers().iter().position(|h| h == header),
            _ => None,
        };
        let made = plan::made(dataset, &fit.columns, &target, inputs)?;
        let key = plan::key_positions(dataset, &made);
        let load = Load {
            id: store::begin(session).await?,
            dataset: dataset.name.clone(),
            origin: mended.shown.clone(),
            sha256,
            settings: dataset.settings.clone(),
            run: context.run,
        };
        let replaces = !dataset.key.is_empty() && dataset.mode != Mode::Append;
        let ages = (replaces && !self.overwrite).then(|| self.ages());
        let form = Some(RawForm::lines(mended.headers()));
        let maker = Maker::new(made, dataset.nulls.clone(), &context.project.region)
            .under(fit.barred(inputs), false);
        let writer = Writer::new(maker, load.id, Route::Staged, key);
        Ok((Arrival { context, dataset, target, load, form, ages }, writer, fit))
    }

    /// The rows in the order of the file.
    fn rows(&self) -> Vec<(i64, &Found)> {
        let open = self.rejected.open.iter();
        let mut rows: Vec<(i64, &Found)> = open.map(|(row, found)| (*row, found)).collect();
        rows.sort_unstable_by_key(|(row, _)| *row);
        rows
    }

    fn ages(&self) -> Ages {
        let (rows, loads) = self.rows().iter().map(|(row, found)| (*row, found.first_load)).unzip();
        Ages { rows, loads }
    }

    fn done(&self) -> Replayed {
        let mut done = Replayed::default();
        for (row, found) in self.rows() {
            done.rows.push(row);
            done.loads.push(found.load);
            done.lines.push(found.line);
        }
        done
    }
}
