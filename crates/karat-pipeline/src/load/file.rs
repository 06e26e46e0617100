//! Loading one file of records, of whatever kind.

use std::path::{Path, PathBuf};

use karat_connect::csv::{self, Mark};
use karat_connect::vault::{hash_file, hash_text};
use karat_record::{Kind, Place, Problem, Result, Type};
use karat_store::Session;
use karat_store::load::{
    self as store, Books, Load, Mode, Piecemeal, SchemaChange, Stage, Target, Unfinished,
};
use karat_store::table;

use super::arrival::{Arrival, Written};
use super::contract::Fit;
use super::file_rows::FileRows;
use super::maker::{Lacking, Made, Maker};
use super::part::SoFar;
use super::plan;
use super::segments::{Ledger, Piecewise};
use super::writer::{Route, Spool, Writer};
use super::{Loaded, Outcome};
use crate::context::Context;
use crate::project::contract::Types;
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
    let mut left = store::unfinished(&session).await?;
    left.retain(|u| u.dataset == dataset.name && (u.origin == origin || u.of.bytes == size));
    // Only a file of a size that was seen before can be one that was seen before.
    if store::seen_size(&session, size).await? {
        let (sha256, _) = hash_file(path)?;
        let done = store::done_before(&session, &dataset.name, &origin, &sha256).await?;
        let settled = done.is_some_and(|d| match dataset.mode {
            Mode::Append => true,
            _ => d.latest && d.settings == dataset.settings,
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
    let mut found = Found::default();
    loop {
        match job.load(&found).await? {
            Ended::Loaded(outcome) => return Ok(Some(outcome)),
            // The table did not take a row: only the stage can say which one.
            Ended::Refused if found.way.is_none() => found.way = Some(Way::Staged),
            Ended::Refused => return Err(Problem::new(Kind::Internal, "the stage refused a row")),
            Ended::TooNarrow(wider) => found.wider.extend(wider),
        }
        session.rollback().await?;
    }
}

/// What earlier attempts found out.
#[derive(Default)]
struct Found {
    way: Option<Way>,
    /// Types that columns need.
    wider: Vec<(String, Type)>,
}

/// How an attempt ended.
enum Ended<T> {
    Loaded(T),
    Refused,
    /// Values that did not fit would, if these columns had these types.
    TooNarrow(Vec<(String, Type)>),
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
    async fn load(&mut self, found: &Found) -> Result<Ended<Outcome>> {
        let Job { context, dataset, session, .. } = *self;
        let headers = self.rows.source.headers().to_vec();
        let columns = plan::for_file(dataset, &self.rows.source, &self.rows.shown)?;
        let mut target = target(session, dataset, &columns).await?;
        let fit = Fit::new(session, dataset, columns, &mut target, &found.wider).await?;
        let inputs = |from: &From| match from {
            From::Header(header) => headers.iter().position(|h| h == header),
            _ => None,
        };
        let made = plan::made(dataset, &fit.columns, &target, inputs)?;
        let barred = fit.barred(inputs);
        let of = self.piecemeal(&target, &made, &fit);
        let (resumed, mut notes) = self.resume(of.as_ref(), &made).await?;
        if dataset.commit == Commit::Segments && of.is_none() {
            let what = "loaded as a whole: only plain UTF-8 text, into a table that stays as it \
                        is, is committed by segments";
            notes.push(what.to_owned());
        }
        let id = match &resumed {
            Some(resumed) => resumed.unfinished.load,
            None => store::begin(session).await?,
        };
        let load = self.begun(id);
        let form = Some(self.rows.source.raw_form());
        let mut arrival = Arrival { context, dataset, target, load, form, ages: None };
        let straight = arrival.route(plan::needs_server(&made)) == Route::Direct;
        let way = match (found.way, &of) {
            (Some(way), _) => way,
            (None, Some(of)) if of.table.is_some() => Way::Segments,
            (None, _) if straight && resumed.is_none() => Way::Direct,
            (None, _) => Way::Staged,
        };
        self.rows.segment =
            of.as_ref().filter(|_| way != Way::Direct).map(|_| context.project.segment);
        let route = if way == Way::Staged { Route::Staged } else { Route::Direct };
        let maker = Maker::new(made.clone(), dataset.nulls.clone(), &context.project.region)
            .under(barred.clone(), dataset.contract.types == Types::Evolve);
        let writer = Writer::new(maker, id, route, plan::key_positions(dataset, &made));
        let start = Start { fit: &fit, made, barred, of, resumed, straight };
        let ended = match way {
            Way::Direct => self.direct(&mut arrival, writer, &fit).await?,
            Way::Staged => self.staged(&mut arrival, writer, start).await?,
            Way::Segments => Ended::Loaded(self.segments(&mut arrival, writer, start).await?),
        };
        let mut end = match ended {
            Ended::Loaded(end) => end,
            Ended::Refused => return Ok(Ended::Refused),
            Ended::TooNarrow(wider) => return Ok(Ended::TooNarrow(wider)),
        };
        notes.extend(fit.notes(&arrival.target, &end.wider));
        end.notes.splice(0..0, notes);
        Ok(Ended::Loaded(self.close(arrival, end, fit.changes).await?))
    }

    fn begun(&self, id: i64) -> Load {
        Load {
            id,
            dataset: self.dataset.name.clone(),
            origin: self.rows.shown.clone(),
            sha256: String::new(),
            settings: self.dataset.settings.clone(),
            run: self.context.run,
        }
    }

    /// Writes file, rejects and books, and ends the transaction.
    async fn close(
        &self,
        mut arrival: Arrival<'_>,
        end: End,
        schema_changes: Vec<SchemaChange>,
    ) -> Result<Outcome> {
        let (sha256, bytes) = self.rows.hash()?;
        store::remember_file(self.session, &sha256, bytes, &self.rows.shown).await?;
        arrival.load.sha256 = sha256;
        let End { books, so_far, rejects, lacking, notes, .. } = end;
        let file = [self.rows.source.notes(), &so_far.repaired.notes()].concat();
        let notes = [file, notes, lacking.notes.clone()].concat();
        let dropped = so_far.dropped;
        let written = Written { rejects, dropped: dropped.clone(), lacking };
        arrival.close(self.session, written, &books).await?;
        Ok(Outcome { books, dropped, notes, schema_changes })
    }

    /// What the load is of, where it can be committed by segments: while the table may change, it
    /// cannot.
    fn piecemeal(&self, target: &Target, made: &[Made], fit: &Fit) -> Option<Piecemeal> {
        let stays = fit.changes.is_empty() && self.dataset.contract.types == Types::Freeze;
        let form = self.rows.plain().filter(|_| stays)?;
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

    async fn direct(
        &mut self,
        arrival: &mut Arrival<'_>,
        writer: Writer,
        fit: &Fit,
    ) -> Result<Ended<End>> {
        self.session.begin().await?;
        fit.apply(self.session, arrival.load.id).await?;
        arrival.target.trace(self.session).await?;
        if arrival.target.empty {
            table::spare_log(self.session, &arrival.target.table).await?;
        }
        let loaded = arrival.direct(self.session, &mut self.rows, writer).await?;
        let Some((writer, books)) = loaded else { return Ok(Ended::Refused) };
        if let Some(wider) = fit.too_narrow(&writer.maker) {
            return Ok(Ended::TooNarrow(wider));
        }
        Ok(Ended::Loaded(self.end(writer, books, SoFar::default(), Vec::new())))
    }

    async fn staged(
        &mut self,
        arrival: &mut Arrival<'_>,
        writer: Writer,
        start: Start<'_>,
    ) -> Result<Ended<End>> {
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
        if let Some(wider) = start.fit.too_narrow(&writer.maker) {
            stage.remove(session).await?;
            return Ok(Ended::TooNarrow(wider));
        }
        let so_far = ledger.map_or(so_far, |ledger| ledger.so_far);
        writer.recall(&so_far);
        session.begin().await?;
        start.fit.apply(session, arrival.load.id).await?;
        arrival.target.trace(session).await?;
        let (books, notes) = arrival.merge(session, &stage, &mut self.rows, &mut writer).await?;
        stage.remove(session).await?;
        Ok(Ended::Loaded(self.end(writer, books, so_far, notes)))
    }

    /// What is left to be written of what a writer wrote.
    fn end(&self, mut writer: Writer, books: Books, mut so_far: SoFar, notes: Vec<String>) -> End {
        let (counts, lacking) = (writer.cut(), writer.maker.lacking());
        so_far.add_cleaned(&counts, self.rows.repaired);
        let wider = writer.maker.wider();
        End { books, so_far, rejects: counts.rejects, lacking, notes, wider }
    }

    async fn segments(
        &mut self,
        arrival: &mut Arrival<'_>,
        writer: Writer,
        start: Start<'_>,
    ) -> Result<End> {
        let session = self.session;
        let Start { made, barred, of: Some(of), resumed, straight, .. } = start else {
            return Err(Problem::new(Kind::Internal, "segments of what has none"));
        };
        arrival.target.trace(session).await?;
        let (books, so_far, from) = match resumed {
            Some(resumed) => (resumed.unfinished.books, resumed.so_far, Some(resumed.mark)),
            None => (Books::default(), SoFar::default(), None),
        };
        let ledger = Ledger { session, load: arrival.load.clone(), of, so_far };
        let range = self.rows.range(from)?;
        let mut work = Piecewise { arrival, ledger, books, made, barred, straight, range };
        let (counts, lacking) = work.load(&mut self.rows, writer).await?;
        work.stays_within_budget(&counts)?;
        let (books, mut so_far) = (work.books, work.ledger.so_far);
        so_far.add_cleaned(&counts, self.rows.repaired);
        let (notes, wider) = (Vec::new(), Vec::new());
        Ok(End { books, so_far, rejects: counts.rejects, lacking, notes, wider })
    }
}

/// What a way into the table begins with.
struct Start<'a> {
    fit: &'a Fit,
    made: Vec<Made>,
    /// Inputs that must hold no value.
    barred: Vec<(String, usize)>,
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
    /// Types that would hold what did not fit.
    wider: Vec<(String, Type)>,
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
