//! Loading one delimited file.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use karat_connect::csv::{self, Form, Reader, Repaired};
use karat_connect::vault::{Intake, Vault, hash_file};
use karat_record::{Finding, Kind, Place, Problem, Reporter, Result, Stage as Reported};
use karat_store::Session;
use karat_store::copy::Chunk;
use karat_store::load::{self as store, Load, Mode, Stage, Target};
use karat_store::table;
use tokio::sync::mpsc::Sender;

use super::Loaded;
use super::arrival::{Arrival, Rows, dropped};
use super::maker::{Maker, Raw};
use super::plan;
use super::writer::{Route, Standing, Writer};
use crate::context::Context;
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
    if dataset.mode == Mode::Snapshot && found.len() > 1 {
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
            Mode::Merge | Mode::Snapshot => d.latest && d.settings == dataset.settings,
        });
        if settled {
            return Ok(None);
        }
    }
    let mut rows = FileRows::open(context, dataset, path, &origin)?;
    let route = load_by(context, dataset, &session, &mut rows, None).await?;
    match route {
        Ended::Loaded(loaded) => Ok(Some(loaded)),
        // The table did not take a row: only the stage can say which one.
        Ended::Refused => {
            session.rollback().await?;
            let staged = Some(Route::Staged);
            match load_by(context, dataset, &session, &mut rows, staged).await? {
                Ended::Loaded(loaded) => Ok(Some(loaded)),
                Ended::Refused => Err(Problem::new(Kind::Internal, "the stage refused a row")),
            }
        }
    }
}

enum Ended {
    Loaded((store::Books, Vec<(String, String, u64)>, Vec<String>)),
    Refused,
}

async fn load_by(
    context: &Context<'_>,
    dataset: &Dataset,
    session: &Session,
    rows: &mut FileRows,
    forced: Option<Route>,
) -> Result<Ended> {
    let headers = rows.form.headers().to_vec();
    let columns = plan::for_file(dataset, &rows.form, &rows.shown)?;
    let target = target(session, dataset, &columns).await?;
    let inputs = |from: &From| match from {
        From::Header(header) => headers.iter().position(|h| h == header),
        _ => None,
    };
    let made = plan::made(dataset, &columns, &target, inputs)?;
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
    let route = forced.unwrap_or_else(|| arrival.route(plan::needs_server(&made)));
    let staged: Vec<_> = made.iter().map(|m| (m.name.clone(), m.kind.clone())).collect();
    let maker = Maker::new(made, dataset.nulls.clone(), &context.project.region);
    let writer = Writer::new(maker, arrival.load.id, route, key);
    let (mut writer, books, notes) = match route {
        Route::Direct => {
            session.begin().await?;
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
            session.begin().await?;
            arrival.target.trace(session).await?;
            let (books, notes) = arrival.merge(session, &stage, rows, &mut writer).await?;
            stage.remove(session).await?;
            (writer, books, notes)
        }
    };
    let (sha256, bytes) = rows.hash()?;
    store::remember_file(session, &sha256, bytes, &rows.shown).await?;
    arrival.load.sha256 = sha256;
    let dropped = dropped(&writer);
    let notes = [rows.form.notes().to_vec(), rows.repaired.notes(), notes].concat();
    let rejects = std::mem::take(&mut writer.rejects);
    arrival.close(session, rejects, &books, &dropped).await?;
    Ok(Ended::Loaded((books, dropped, notes)))
}

/// The table of the dataset; one that no schema file declares is made from the columns.
pub async fn target(session: &Session, dataset: &Dataset, columns: &[Column]) -> Result<Target> {
    if let Some(target) = Target::find(session, &dataset.table).await? {
        return Ok(target);
    }
    let columns = plan::new_table(columns);
    Target::create(session, &dataset.table, &columns, &dataset.key).await?;
    let made = Target::find(session, &dataset.table).await?;
    made.ok_or_else(|| Problem::new(Kind::Internal, "a table that was made is not there"))
}

/// The rows of a file. The first pass hashes the file and keeps a copy in the vault; a second
/// pass, which only rows need that the table would not take, reads it again.
struct FileRows {
    path: PathBuf,
    shown: String,
    form: Form,
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
        let Origin::Files { text, .. } = &dataset.origin else {
            return Err(Problem::new(Kind::Internal, "a dataset without files has one"));
        };
        let vault = Vault::new(context.project.root.join(".karat/files"));
        Ok(FileRows {
            path: path.to_owned(),
            shown: shown.to_owned(),
            form: Form::find(path, shown, text)?,
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

/// A row of a file as raw texts.
struct FileRow<'a>(csv::Row<'a>);

impl Raw for FileRow<'_> {
    #[inline]
    fn text(&self, input: usize) -> Result<Option<&str>, Finding> {
        self.0.field(input).map_err(|_| {
            Finding::new("encoding", "is not UTF-8 text; encoding = \"...\" says what it is")
        })
    }
}

impl Rows for FileRows {
    async fn pour(&mut self, writer: Writer, chunks: Sender<Chunk>) -> Result<Writer> {
        let pass = Pass {
            path: self.path.clone(),
            form: self.form.clone(),
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
        let mut reader = self.form.read(csv::open(&self.path)?)?;
        let mut found = Vec::with_capacity(rows.len());
        while let Some(row) = reader.next_row()? {
            let line = row.line as i64;
            if rows.binary_search(&line).is_ok() {
                found.push((line, Some(row.byte as i64), row.raw()));
            }
        }
        Ok(found)
    }
}

/// One pass over the file on a thread of its own.
struct Pass {
    path: PathBuf,
    form: Form,
    vault: Option<Vault>,
    reporter: Arc<dyn Reporter>,
    stage: Reported,
}

/// What a pass leaves.
struct Poured {
    writer: Writer,
    /// Hash and size of the file as it came, unless the pass stopped early.
    hashed: Option<(String, u64)>,
    repaired: Repaired,
}

impl Pass {
    /// Sends all rows.
    fn run(&self, mut writer: Writer, chunks: &Sender<Chunk>) -> Result<Poured> {
        let file = csv::open(&self.path)?;
        self.reporter.started(&self.stage, file.metadata().map(|m| m.len()).ok());
        let mut intake = match &self.vault {
            Some(vault) => vault.intake(file)?,
            None => Intake::hashing(file),
        };
        let mut reader = self.form.read(&mut intake)?;
        let mut sent = true;
        loop {
            match next(&mut reader, &mut writer)? {
                Next::Chunk(chunk) => sent = chunks.blocking_send(chunk).is_ok(),
                Next::Row => continue,
                Next::End => break,
            }
            self.reporter.progress(&self.stage, reader.position(), writer.read);
            if !sent {
                break;
            }
        }
        let repaired = reader.repaired();
        drop(reader);
        sent = sent && writer.finish().is_none_or(|chunk| chunks.blocking_send(chunk).is_ok());
        if !sent {
            return Ok(Poured { writer, hashed: None, repaired });
        }
        // An archive may go on behind the member that was read.
        io::copy(&mut intake, &mut io::sink()).map_err(|e| Problem::io("read", &self.path, &e))?;
        let hashed = Some(intake.finish(self.vault.as_ref())?);
        Ok(Poured { writer, hashed, repaired })
    }
}

#[inline]
fn next(reader: &mut Reader<'_>, writer: &mut Writer) -> Result<Next> {
    let Some(mut row) = reader.next_row()? else { return Ok(Next::End) };
    let finding = row.finding.take();
    let row = FileRow(row);
    let raw = || row.0.raw();
    let standing = Standing { row: row.0.line as i64, byte: Some(row.0.byte as i64), raw };
    if let Some(finding) = finding {
        writer.refuse(None::<&FileRow<'_>>, finding, standing)?;
        return Ok(Next::Row);
    }
    Ok(writer.row(&row, standing)?.map_or(Next::Row, Next::Chunk))
}

enum Next {
    Chunk(Chunk),
    Row,
    End,
}
