//! Loading one file of records, of whatever kind.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use karat_connect::csv::{self, Repaired};
use karat_connect::source::Source;
use karat_connect::vault::{Vault, hash_file};
use karat_record::{Kind, Place, Problem, Reporter, Result, Stage as Reported, Type};
use karat_store::Session;
use karat_store::copy::Chunk;
use karat_store::load::{self as store, Load, Mode, Stage, Target};
use karat_store::table;
use tokio::sync::mpsc::Sender;

use super::arrival::{Arrival, Rows, dropped};
use super::contract::Fit;
use super::maker::Maker;
use super::pass::{self, Pass};
use super::plan;
use super::writer::{Route, Spool, Writer};
use super::{Loaded, Outcome};
use crate::context::Context;
use crate::project::contract::Types;
use crate::project::dataset::{Column, Dataset, From, Origin};

/// The files that a dataset's patterns name, sorted, relative to the project where they are in
/// it.
pub fn find(
    context: &Context<'_>,
    dataset: &Dataset,
    patterns: &[String],
    optional: bool,
) -> Result<Vec<PathBuf>> {
    let place = || Place::file(format!("datasets/{}.toml", dataset.name));
    let mut found = Vec::new();
    for pattern in patterns {
        let root = glob::Pattern::escape(&context.project.root.to_string_lossy());
        let whole = Path::new(&root).join(pattern);
        let paths = glob::glob(&whole.to_string_lossy()).map_err(|e| {
            Problem::new(Kind::Project, format!("the pattern {pattern:?} is wrong: {e}"))
                .at(place())
        })?;
        let before = found.len();
        for path in paths {
            let path = path.map_err(|e| Problem::io("read", e.path(), e.error()))?;
            if path.is_file() {
                found.push(path);
            }
        }
        if found.len() == before && !optional {
            let what = format!("no file matches {pattern:?}");
            let hint = "put the file there, or write optional = true if it may be missing";
            return Err(Problem::new(Kind::Input, what).at(place()).hint(hint));
        }
    }
    found.sort();
    found.dedup();
    if dataset.mode.is_complete() && found.len() > 1 {
        let what = format!("a full snapshot is one file, but {} files match", found.len());
        let hint = "name one file, or use mode = \"merge\"";
        return Err(Problem::new(Kind::Input, what).at(place()).hint(hint));
    }
    Ok(found)
}

/// Loads a file, unless its bytes were loaded before.
pub async fn load(context: &Context<'_>, dataset: &Dataset, path: &Path) -> Result<Loaded> {
    let session = context.connect().await?;
    let inside = path.strip_prefix(&context.project.root).unwrap_or(path);
    let origin = inside.display().to_string();
    let size = csv::open(path)?.metadata().map_err(|e| Problem::io("read", path, &e))?.len();
    // Only a file of a size that was seen before can be one that was seen before.
    if store::seen_size(&session, size).await? {
        let (sha256, _) = hash_file(path)?;
        let done = store::done_before(&session, &dataset.name, &origin, &sha256).await?;
        let settled = done.is_some_and(|d| match dataset.mode {
            Mode::Append => true,
            _ => d.latest && d.settings == dataset.settings,
        });
        if settled {
            return Ok(None);
        }
    }
    let mut rows = FileRows::open(context, dataset, path, &origin)?;
    let mut found = Found::default();
    loop {
        match load_by(context, dataset, &session, &mut rows, &found).await? {
            Ended::Loaded(loaded) => return Ok(Some(loaded)),
            // The table did not take a row: only the stage can say which one.
            Ended::Refused if found.route.is_none() => found.route = Some(Route::Staged),
            Ended::Refused => return Err(Problem::new(Kind::Internal, "the stage refused a row")),
            Ended::TooNarrow(wider) => found.wider.extend(wider),
        }
        session.rollback().await?;
    }
}

/// What earlier attempts found out.
#[derive(Default)]
struct Found {
    route: Option<Route>,
    /// Types that columns need.
    wider: Vec<(String, Type)>,
}

enum Ended {
    Loaded(Outcome),
    Refused,
    /// Values that did not fit would, if these columns had these types.
    TooNarrow(Vec<(String, Type)>),
}

async fn load_by(
    context: &Context<'_>,
    dataset: &Dataset,
    session: &Session,
    rows: &mut FileRows,
    found: &Found,
) -> Result<Ended> {
    let headers = rows.source.headers().to_vec();
    let columns = plan::for_file(dataset, &rows.source, &rows.shown)?;
    let mut target = target(session, dataset, &columns).await?;
    let fit = Fit::new(session, dataset, columns, &mut target, &found.wider).await?;
    let inputs = |from: &From| match from {
        From::Header(header) => headers.iter().position(|h| h == header),
        _ => None,
    };
    let made = plan::made(dataset, &fit.columns, &target, inputs)?;
    let barred = fit.barred(inputs);
    let key = plan::key_positions(dataset, &made);
    let load = Load {
        id: store::begin(session).await?,
        dataset: dataset.name.clone(),
        origin: rows.shown.clone(),
        sha256: String::new(),
        settings: dataset.settings.clone(),
        run: context.run,
    };
    let mut arrival = Arrival { context, dataset, target, load };
    let route = found.route.unwrap_or_else(|| arrival.route(plan::needs_server(&made)));
    let staged: Vec<_> = made.iter().map(|m| (m.name.clone(), m.kind.clone())).collect();
    let maker = Maker::new(made, dataset.nulls.clone(), &context.project.region)
        .under(barred, dataset.contract.types == Types::Evolve);
    let writer = Writer::new(maker, arrival.load.id, route, key);
    let (writer, books, notes) = match route {
        Route::Direct => {
            session.begin().await?;
            fit.apply(session, arrival.load.id).await?;
            arrival.target.trace(session).await?;
            if arrival.target.empty {
                table::spare_log(session, &arrival.target.table).await?;
            }
            match arrival.direct(session, rows, writer).await? {
                Some((writer, books)) => (writer, books, Vec::new()),
                None => return Ok(Ended::Refused),
            }
        }
        Route::Staged => {
            let columns: Vec<_> = staged.iter().map(|(name, kind)| (name.clone(), kind)).collect();
            let stage = Stage::create(session, arrival.load.id, &columns).await?;
            let mut writer = arrival.fill(&stage, rows, writer).await?;
            if let Some(wider) = fit.too_narrow(&writer.maker) {
                stage.remove(session).await?;
                return Ok(Ended::TooNarrow(wider));
            }
            session.begin().await?;
            fit.apply(session, arrival.load.id).await?;
            arrival.target.trace(session).await?;
            let (books, notes) = arrival.merge(session, &stage, rows, &mut writer).await?;
            stage.remove(session).await?;
            (writer, books, notes)
        }
    };
    if let Some(wider) = fit.too_narrow(&writer.maker) {
        return Ok(Ended::TooNarrow(wider));
    }
    let fitted = fit.notes(&arrival.target, &writer.maker.wider());
    let notes = [rows.source.notes().to_vec(), rows.repaired.notes(), fitted, notes].concat();
    let outcome = Outcome { books, dropped: dropped(&writer), notes, schema_changes: fit.changes };
    close(session, rows, arrival, writer.rejects, &outcome).await?;
    Ok(Ended::Loaded(outcome))
}

/// Writes file, rejects and books, and ends the transaction.
async fn close(
    session: &Session,
    rows: &FileRows,
    mut arrival: Arrival<'_>,
    rejects: Spool,
    outcome: &Outcome,
) -> Result<()> {
    let (sha256, bytes) = rows.hash()?;
    store::remember_file(session, &sha256, bytes, &rows.shown).await?;
    arrival.load.sha256 = sha256;
    arrival.close(session, rejects, &outcome.books, &outcome.dropped).await
}

/// The table of the dataset; one that no schema file declares is made from the columns.
pub async fn target(session: &Session, dataset: &Dataset, columns: &[Column]) -> Result<Target> {
    if let Some(target) = Target::find(session, &dataset.table).await? {
        return Ok(target);
    }
    let columns = plan::new_table(columns);
    let versions = matches!(dataset.mode, Mode::History { .. });
    Target::create(session, &dataset.table, &columns, &dataset.key, versions).await?;
    let made = Target::find(session, &dataset.table).await?;
    made.ok_or_else(|| Problem::new(Kind::Internal, "a table that was made is not there"))
}

/// The rows of a file. The first pass hashes the file and keeps a copy in the vault; a second
/// pass, which only rows need that the table would not take, reads it again.
struct FileRows {
    path: PathBuf,
    shown: String,
    source: Source,
    vault: Option<Vault>,
    hashed: Option<(String, u64)>,
    repaired: Repaired,
    reporter: Arc<dyn Reporter>,
    stage: Reported,
}

impl FileRows {
    fn open(
        context: &Context<'_>,
        dataset: &Dataset,
        path: &Path,
        shown: &str,
    ) -> Result<FileRows> {
        let Origin::Files { form, .. } = &dataset.origin else {
            return Err(Problem::new(Kind::Internal, "a dataset without files has one"));
        };
        let vault = Vault::new(context.project.root.join(".karat/files"));
        Ok(FileRows {
            path: path.to_owned(),
            shown: shown.to_owned(),
            source: Source::find(path, shown, form)?,
            vault: context.project.keep_files.then_some(vault),
            hashed: None,
            repaired: Repaired::default(),
            reporter: context.reporter.clone(),
            stage: Reported::new("load", dataset.name.clone()),
        })
    }

    fn hash(&self) -> Result<(String, u64)> {
        match &self.hashed {
            Some(hashed) => Ok(hashed.clone()),
            None => hash_file(&self.path),
        }
    }
}

impl Rows for FileRows {
    async fn pour(&mut self, writer: Writer, chunks: Sender<Chunk>) -> Result<Writer> {
        let pass = Pass {
            path: self.path.clone(),
            source: self.source.clone(),
            vault: self.vault.clone().filter(|_| self.hashed.is_none()),
            reporter: self.reporter.clone(),
            stage: self.stage.clone(),
        };
        let work = tokio::task::spawn_blocking(move || pass.run(writer, &chunks));
        let ended = work.await;
        let poured =
            ended.map_err(|e| Problem::new(Kind::Internal, format!("reading ended: {e}")))??;
        self.hashed = self.hashed.take().or(poured.hashed);
        self.repaired = poured.repaired;
        Ok(poured.writer)
    }

    async fn raws(&mut self, rows: &[i64]) -> Result<Vec<(i64, Option<i64>, String)>> {
        pass::raws(&self.source, &self.path, rows)
    }
}
