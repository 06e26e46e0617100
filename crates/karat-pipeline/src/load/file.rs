//! Loading one file of records, of whatever kind.

use std::path::{Path, PathBuf};

use karat_connect::csv::{self, Mark};
use karat_connect::vault::{hash_file, hash_text};
use karat_record::{Kind, Place, Problem, Result};
use karat_store::Session;
use karat_store::load::{self as store, Books, Load, Mode, Piecemeal, Stage, Target, Unfinished};
use karat_store::table;

use super::Loaded;
use super::arrival::{Arrival, Written};
use super::file_rows::FileRows;
use super::maker::{Lacking, Made, Maker};
use super::part::SoFar;
use super::plan;
use super::segments::{Ledger, Piecewise};
use super::writer::{Route, Spool, Writer};
use crate::context::Context;
use crate::project::dataset::{Column, Commit, Dataset, From};

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
    let mut left = store::unfinished(&session).await?;
    left.retain(|u| u.dataset == dataset.name && (u.origin == origin || u.of.bytes == size));
    // Only a file of a size that was seen before can be one that was seen before.
    if store::seen_size(&session, size).await? {
        let (sha256, _) = hash_file(path)?;
        let done = store::done_before(&session, &dataset.name, &origin, &sha256).await?;
        let settled = done.is_some_and(|d| match dataset.mode {
            Mode::Append => true,
            Mode::Merge | Mode::Snapshot => d.latest && d.settings == dataset.settings,
        });
        if settled {
            for unfinished in left.iter().filter(|u| u.origin == origin) {
                unfinished.discard(&session).await?;
            }
            return Ok(None);
        }
    }
    let rows = FileRows::open(context, dataset, path, &origin)?;
    let mut job = Job { context, dataset, session: &session, rows, size, left };
    match job.load(None).await? {
        Ended::Loaded(loaded) => Ok(Some(loaded)),
        // The table did not take a row: only the stage can say which one.
        Ended::Refused => {
            session.rollback().await?;
            match job.load(Some(Way::Staged)).await? {
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

/// How rows go into the table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Straight, all in one transaction.
    Direct,
    /// By a stage, which is filled segment by segment.
    Staged,
    /// Straight, a transaction for each segment.
    Segments,
}

/// One file on its way.
struct Job<'a> {
    context: &'a Context<'a>,
    dataset: &'a Dataset,
    session: &'a Session,
    rows: FileRows,
    size: u64,
    /// Loads that may be this one and have not ended.
    left: Vec<Unfinished>,
}

impl Job<'_> {
    async fn load(&mut self, forced: Option<Way>) -> Result<Ended> {
        let Job { context, dataset, session, .. } = *self;
        let headers = self.rows.source.headers().to_vec();
        let columns = plan::for_file(dataset, &self.rows.source, &self.rows.shown)?;
        let target = target(session, dataset, &columns).await?;
        let inputs = |from: &From| match from {
            From::Header(header) => headers.iter().position(|h| h == header),
            _ => None,
        };
        let made = plan::made(dataset, &columns, &target, inputs)?;
        let of = self.piecemeal(&target, &made);
        let (resumed, mut notes) = self.resume(of.as_ref(), &made).await?;
        if dataset.commit == Commit::Segments && of.is_none() {
            notes.push("loaded as a whole: only plain UTF-8 text is committed by segments".into());
        }
        let id = match &resumed {
            Some(resumed) => resumed.unfinished.load,
            None => store::begin(session).await?,
        };
        let load = Load {
            id,
            dataset: dataset.name.clone(),
            origin: self.rows.shown.clone(),
            sha256: String::new(),
            settings: dataset.settings.clone(),
            run: context.run,
        };
        let form = Some(self.rows.source.raw_form());
        let mut arrival = Arrival { context, dataset, target, load, form, ages: None };
        let straight = arrival.route(plan::needs_server(&made)) == Route::Direct;
        let way = match (forced, &of) {
            (Some(way), _) => way,
            (None, Some(of)) if of.table.is_some() => Way::Segments,
            (None, _) if straight && resumed.is_none() => Way::Direct,
            (None, _) => Way::Staged,
        };
        self.rows.segment =
            of.as_ref().filter(|_| way != Way::Direct).map(|_| context.project.segment);
        let route = if way == Way::Staged { Route::Staged } else { Route::Direct };
        let maker = Maker::new(made.clone(), dataset.nulls.clone(), &context.project.region);
        let key = plan::key_positions(dataset, &made);
        let writer = Writer::new(maker, id, route, key);
        let start = Start { made, of, resumed, straight };
        let ended = match way {
            Way::Direct => self.direct(&mut arrival, writer).await?,
            Way::Staged => Some(self.staged(&mut arrival, writer, start).await?),
            Way::Segments => Some(self.segments(&mut arrival, writer, start).await?),
        };
        let Some(end) = ended else { return Ok(Ended::Refused) };
        let (sha256, bytes) = self.rows.hash()?;
        store::remember_file(session, &sha256, bytes, &self.rows.shown).await?;
        arrival.load.sha256 = sha256;
        let all = [self.rows.source.notes(), &end.so_far.repaired.notes()].concat();
        let End { books, so_far, rejects, lacking, notes: told } = end;
        notes = [all, notes, told, lacking.notes.clone()].concat();
        let dropped = so_far.dropped;
        let written = Written { rejects, dropped: dropped.clone(), lacking };
        arrival.close(session, written, &books).await?;
        Ok(Ended::Loaded((books, dropped, notes)))
    }

    /// What the load is of, where it can be committed by segments.
    fn piecemeal(&self, target: &Target, made: &[Made]) -> Option<Piecemeal> {
        let form = self.rows.plain()?;
        let columns: Vec<_> =
            made.iter().map(|m| (&m.name, &m.kind, m.required, m.never_null)).collect();
        let rules = [env!("CARGO_PKG_VERSION"), &self.dataset.settings, &form.fingerprint()];
        let fingerprint = hash_text(&format!("{rules:?} {columns:?}"));
        let table = (self.dataset.commit == Commit::Segments).then(|| target.table.clone());
        Some(Piecemeal { bytes: self.size, fingerprint, table })
    }

    /// Finds the load that this one goes on with. One of the same file that cannot go on is taken
    /// back.
    async fn resume(
        &mut self,
        of: Option<&Piecemeal>,
        made: &[Made],
    ) -> Result<(Option<Resumed>, Vec<String>)> {
        let mut notes = Vec::new();
        let mut found = None;
        let shown = self.rows.shown.clone();
        for unfinished in std::mem::take(&mut self.left) {
            let mut why = "the file or its settings are not the same";
            if found.is_none() && Some(&unfinished.of) == of {
                match self.go_on(&unfinished, made).await? {
                    Ok(resumed) => {
                        let (byte, line) = (resumed.mark.byte, resumed.mark.line);
                        notes.push(format!("resumed at byte {byte} (row {line}) of {shown}"));
                        found = Some(resumed);
                        continue;
                    }
                    Err(lost) => why = lost,
                }
            }
            if unfinished.origin == shown {
                let gone = unfinished.discard(self.session).await?;
                let mut note = format!("begun anew: a load of {shown} was broken off, but {why}");
                if gone > 0 {
                    note += &format!("; its {gone} rows were taken back");
                }
                notes.push(note);
            }
        }
        Ok((found, notes))
    }

    /// Goes on with a load, or says what stands in the way.
    async fn go_on(
        &mut self,
        unfinished: &Unfinished,
        made: &[Made],
    ) -> Result<Result<Resumed, &'static str>> {
        let columns: Vec<_> = made.iter().map(|m| (m.name.clone(), &m.kind)).collect();
        let stage = match unfinished.of.table {
            Some(_) => None,
            None => match Stage::reopen(self.session, unfinished, &columns).await? {
                Some(stage) => Some(stage),
                None => return Ok(Err("the server has lost its stage")),
            },
        };
        let Some(mark) = self.rows.go_behind(&unfinished.last).await? else {
            return Ok(Err("the file has changed"));
        };
        let reasons = store::reasons(self.session, unfinished.load).await?;
        let so_far = SoFar::of(unfinished, reasons);
        Ok(Ok(Resumed { unfinished: unfinished.clone(), so_far, mark, stage }))
    }

    async fn direct(&mut self, arrival: &mut Arrival<'_>, writer: Writer) -> Result<Option<End>> {
        self.session.begin().await?;
        arrival.target.trace(self.session).await?;
        if arrival.target.empty {
            table::spare_log(self.session, &arrival.target.table).await?;
        }
        let loaded = arrival.direct(self.session, &mut self.rows, writer).await?;
        Ok(loaded.map(|(mut writer, books)| {
            let mut so_far = SoFar::default();
            let (counts, lacking) = (writer.cut(), writer.maker.lacking());
            so_far.add_cleaned(&counts, self.rows.repaired);
            End { books, so_far, rejects: counts.rejects, lacking, notes: Vec::new() }
        }))
    }

    async fn staged(
        &mut self,
        arrival: &mut Arrival<'_>,
        writer: Writer,
        start: Start,
    ) -> Result<End> {
        let session = self.session;
        let (so_far, stage) = match start.resumed {
            Some(resumed) => (resumed.so_far, resumed.stage),
            None => (SoFar::default(), None),
        };
        let stage = match stage {
            Some(stage) => stage,
            None => {
                let columns: Vec<_> =
                    start.made.iter().map(|m| (m.name.clone(), &m.kind)).collect();
                Stage::create(session, arrival.load.id, &columns).await?
            }
        };
        let load = arrival.load.clone();
        let mut ledger = start.of.map(|of| Ledger { session, load, of, so_far: so_far.clone() });
        let mut writer = arrival.fill(&stage, &mut self.rows, writer, ledger.as_mut()).await?;
        let mut so_far = ledger.map_or(so_far, |ledger| ledger.so_far);
        writer.recall(&so_far);
        session.begin().await?;
        arrival.target.trace(session).await?;
        let (books, notes) = arrival.merge(session, &stage, &mut self.rows, &mut writer).await?;
        stage.remove(session).await?;
        let (counts, lacking) = (writer.cut(), writer.maker.lacking());
        so_far.add_cleaned(&counts, self.rows.repaired);
        Ok(End { books, so_far, rejects: counts.rejects, lacking, notes })
    }

    async fn segments(
        &mut self,
        arrival: &mut Arrival<'_>,
        writer: Writer,
        start: Start,
    ) -> Result<End> {
        let session = self.session;
        let Start { made, of: Some(of), resumed, straight } = start else {
            return Err(Problem::new(Kind::Internal, "segments of what has none"));
        };
        arrival.target.trace(session).await?;
        let (books, so_far, from) = match resumed {
            Some(resumed) => (resumed.unfinished.books, resumed.so_far, Some(resumed.mark)),
            None => (Books::default(), SoFar::default(), None),
        };
        let ledger = Ledger { session, load: arrival.load.clone(), of, so_far };
        let range = self.rows.range(from)?;
        let mut work = Piecewise { arrival, ledger, books, made, straight, range };
        let (counts, lacking) = work.load(&mut self.rows, writer).await?;
        work.stays_within_budget(&counts)?;
        let (books, mut so_far) = (work.books, work.ledger.so_far);
        so_far.add_cleaned(&counts, self.rows.repaired);
        Ok(End { books, so_far, rejects: counts.rejects, lacking, notes: Vec::new() })
    }
}

/// What a way into the table begins with.
struct Start {
    made: Vec<Made>,
    of: Option<Piecemeal>,
    resumed: Option<Resumed>,
    /// Whether the table takes rows as they come.
    straight: bool,
}

/// A load that goes on.
struct Resumed {
    unfinished: Unfinished,
    so_far: SoFar,
    mark: Mark,
    stage: Option<Stage>,
}

/// What is left to be written, in the open transaction.
struct End {
    books: Books,
    so_far: SoFar,
    rejects: Spool,
    lacking: Lacking,
    notes: Vec<String>,
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
