//! One arrival on its way into the table: the direct way or by the stage, in one transaction
//! with its rejects and its books.

use karat_connect::raw::RawForm;
use karat_record::{Kind, Problem, Result};
use karat_store::copy::Copied;
use karat_store::load::{
    self as store, Ages, Books, Load, Merge, Misfit, Mode, Reject, Stage, Target, Versions,
};
use karat_store::{Session, rejects, unmapped};
use tokio::sync::mpsc::{Sender, channel};

use super::maker::Lacking;
use super::part::{Part, dropped_json};
use super::segments::{self, Ledger};
use super::writer::{Counts, Route, Spool, Writer};
use crate::context::Context;
use crate::project::dataset::{Commit, Dataset, Origin};

/// Chunks between reading and sending; a few, so that neither side waits for the other.
pub const IN_FLIGHT: usize = 4;

/// Something that yields all its raw rows to a writer.
pub trait Rows: Send {
    /// Sends every row through the writer to `parts`. Stops early, without a problem, when
    /// nobody takes them any more.
    fn pour(
        &mut self,
        writer: Writer,
        parts: Sender<Part>,
    ) -> impl Future<Output = Result<Writer>> + Send;

    /// The rows of these numbers as they stand in their origin: number, byte, raw text.
    fn raws(
        &mut self,
        rows: &[i64],
    ) -> impl Future<Output = Result<Vec<(i64, Option<i64>, String)>>> + Send;
}

/// What is known when all rows are written, beside the books.
pub struct Written {
    pub rejects: Spool,
    /// What cleaning dropped: column, reason, count.
    pub dropped: Vec<(String, String, u64)>,
    pub lacking: Lacking,
}

impl Written {
    /// Of a load that one writer wrote as a whole.
    pub fn of(writer: &mut Writer) -> Written {
        let Counts { rejects, dropped, .. } = writer.cut();
        Written { rejects, dropped, lacking: writer.maker.lacking() }
    }
}

/// What an arrival is loaded with.
pub struct Arrival<'a> {
    pub context: &'a Context<'a>,
    pub dataset: &'a Dataset,
    pub target: Target,
    pub load: Load,
    /// How the raw rows are written, where they are rows of a file.
    pub form: Option<RawForm>,
    /// Of which loads mended rows are, which must not overwrite what came later.
    pub ages: Option<Ages>,
}

impl Arrival<'_> {
    /// Whether rows can go straight into the table: it holds nothing that they could meet, and
    /// the server itself refuses double keys.
    pub fn route(&self, needs_server: bool) -> Route {
        let unhindered = match self.dataset.mode {
            Mode::Append => self.dataset.key.is_empty() || self.target.is_unique(&self.dataset.key),
            Mode::Merge | Mode::Snapshot => {
                self.target.empty && self.target.is_unique(&self.dataset.key)
            }
            Mode::History { .. } => false,
        };
        if unhindered && !needs_server { Route::Direct } else { Route::Staged }
    }

    /// Copies straight into the table, inside the open transaction of `session`. `None` when the
    /// table did not take a row, such as one with a key that came before; the transaction is then
    /// void.
    pub async fn direct<R: Rows>(
        &self,
        session: &Session,
        rows: &mut R,
        writer: Writer,
    ) -> Result<Option<(Writer, Books)>> {
        let names: Vec<String> = writer.maker.columns.iter().map(|c| c.name.clone()).collect();
        let (send, mut parts) = channel(IN_FLIGHT);
        let statement = self.target.copy_statement(&names);
        let copy = async move {
            let (_, copied) = segments::copy(session, &statement, &mut parts).await;
            copied
        };
        let (poured, copied) = tokio::join!(rows.pour(writer, send), copy);
        let inserted = match copied? {
            Copied::Rows(rows) => rows,
            Copied::Refused => return Ok(None),
        };
        let writer = poured?;
        let books =
            Books { read: writer.read, inserted, rejected: writer.rejected, ..Books::default() };
        Ok(Some((writer, books)))
    }

    /// Copies into the stage over several connections; their work is visible at once. With a
    /// ledger, each segment is entered once its rows are there.
    pub async fn fill<R: Rows>(
        &self,
        stage: &Stage,
        rows: &mut R,
        writer: Writer,
        ledger: Option<&mut Ledger<'_>>,
    ) -> Result<Writer> {
        let (send, parts) = channel(IN_FLIGHT);
        let statement = stage.copy_statement();
        let spread = segments::spread(self.context, &statement, parts, ledger);
        let (poured, copied) = tokio::join!(rows.pour(writer, send), spread);
        copied?;
        poured
    }

    /// Merges the stage into the table, inside the open transaction of `session`.
    pub async fn merge<R: Rows>(
        &self,
        session: &Session,
        stage: &Stage,
        rows: &mut R,
        writer: &mut Writer,
    ) -> Result<(Books, Vec<String>)> {
        let merge =
            Merge { target: &self.target, stage, key: &self.dataset.key, load: self.load.id };
        let mut notes = Vec::new();
        merge.analyze(session).await?;
        let mut duplicate = 0;
        if !self.dataset.key.is_empty() {
            let mut conflicts = Vec::new();
            if self.dataset.commit == Commit::Segments {
                (duplicate, conflicts) = merge.settle_earlier(session).await?;
            }
            let (same, later) = merge.settle_duplicates(session).await?;
            duplicate += same;
            conflicts.extend(later);
            conflicts.sort_unstable();
            let misfits = conflicts.into_iter().map(|row| self.conflict(row)).collect();
            self.reject(rows, writer, misfits).await?;
        }
        let mode = self.dataset.mode;
        let misfits = merge.screen(session, mode).await?;
        self.reject(rows, writer, misfits).await?;
        if let Some(ages) = &self.ages {
            let full = self.full_load(session).await?;
            let misfits = merge.newer(session, ages, full).await?;
            self.reject(rows, writer, misfits).await?;
        }
        let complete = mode.is_complete() && writer.keyless == 0;
        if mode.is_complete() && !complete {
            notes.push(format!(
                "no row was removed, because {} rejected rows do not show which record they are",
                writer.keyless
            ));
        }
        let Versions { inserted, updated, removed } = match mode {
            Mode::History { .. } => merge.keep_versions(session, complete).await?,
            Mode::Append => {
                Versions { inserted: merge.insert(session).await?, updated: 0, removed: 0 }
            }
            Mode::Merge | Mode::Snapshot => Versions {
                removed: if complete { merge.remove_missing(session).await? } else { 0 },
                updated: merge.update(session).await?,
                inserted: merge.insert(session).await?,
            },
        };
        let staged = writer.read - writer.rejected - duplicate;
        let unchanged = staged - inserted - updated;
        let rejected = writer.rejected;
        Ok((
            Books { read: writer.read, inserted, updated, unchanged, duplicate, rejected, removed },
            notes,
        ))
    }

    /// A row that repeats a key with other values: the first stays.
    fn conflict(&self, row: i64) -> Misfit {
        Misfit {
            row,
            columns: self.dataset.key.clone(),
            rule: "key.conflict",
            message: "an earlier row has the same key and other values".to_owned(),
        }
    }

    /// Rejects rows, in order of their numbers, that were staged already.
    async fn reject<R: Rows>(
        &self,
        rows: &mut R,
        writer: &mut Writer,
        misfits: Vec<Misfit>,
    ) -> Result<()> {
        if misfits.is_empty() {
            return Ok(());
        }
        let numbers: Vec<i64> = misfits.iter().map(|misfit| misfit.row).collect();
        let raws = rows.raws(&numbers).await?;
        if raws.len() != misfits.len() {
            let what = "the file changed while it was read";
            return Err(Problem::new(Kind::Input, what).hint("run it again"));
        }
        for (misfit, (line, byte, raw)) in misfits.into_iter().zip(raws) {
            writer.rejected += 1;
            let reject = Reject {
                line,
                byte,
                column: Some(misfit.columns.join(", ")),
                rule: misfit.rule.to_owned(),
                message: misfit.message,
                raw,
            };
            writer.rejects.push(&reject, self.load.id)?;
        }
        Ok(())
    }

    /// For a snapshot, the last load of all there was.
    async fn full_load(&self, session: &Session) -> Result<Option<i64>> {
        let declared = self.context.project.dataset(&self.dataset.name);
        if declared.is_none_or(|dataset| dataset.mode != Mode::Snapshot) {
            return Ok(None);
        }
        rejects::full_load(session, &self.dataset.name).await
    }

    /// Writes rejects and books, and ends the transaction.
    ///
    /// # Errors
    /// Also when more rows were rejected than the dataset allows: then the transaction stays
    /// open, to be rolled back with the session.
    pub async fn close(&self, session: &Session, written: Written, books: &Books) -> Result<()> {
        let (dataset, origin) = (self.dataset, &self.load.origin);
        let reasons = written.rejects.reasons.shown();
        dataset.budget.check(books, &dataset.name, origin, &reasons)?;
        self.record(session, written, books, false).await?;
        let all = dataset.mode == Mode::Snapshot || matches!(dataset.origin, Origin::Each { .. });
        rejects::reloaded(session, &self.load, all).await?;
        session.commit().await
    }

    /// Writes rejects and books.
    pub async fn record(
        &self,
        session: &Session,
        written: Written,
        books: &Books,
        replay: bool,
    ) -> Result<()> {
        store::finish(session, &self.load, books, &dropped_json(&written.dropped)).await?;
        unmapped::keep(session, self.load.id, &written.lacking.values).await?;
        if let Some(form) = self.form.as_ref().filter(|_| replay || books.rejected > 0) {
            store::describe(session, self.load.id, &form.to_json(), replay).await?;
        }
        keep(session, written.rejects).await
    }
}

/// Writes rejects, inside the open transaction that has their load's books.
pub async fn keep(session: &Session, rejects: Spool) -> Result<()> {
    if rejects.is_empty() {
        return Ok(());
    }
    let (send, receive) = channel(IN_FLIGHT);
    let drain = tokio::task::spawn_blocking(move || {
        rejects.drain(|chunk| send.blocking_send(chunk).is_ok())
    });
    store::rejects(session, receive).await?;
    drain.await.map_err(|e| Problem::new(Kind::Internal, format!("rejects were lost: {e}")))?
}
