//! One arrival on its way into the table: the direct way or by the stage, in one transaction
//! with its rejects and its books.

use karat_record::{Kind, Problem, Result};
use karat_store::Session;
use karat_store::copy::{Chunk, Copied, copy_in};
use karat_store::load::{
    self as store, Books, Load, Merge, Misfit, Mode, Reject, Stage, Target, Versions,
};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::writer::{Route, Spool, Writer};
use crate::context::Context;
use crate::project::dataset::Dataset;

/// Chunks between reading and sending; a few, so that neither side waits for the other.
const IN_FLIGHT: usize = 4;

/// Something that yields all its raw rows to a writer.
pub trait Rows: Send {
    /// Sends every row through the writer to `chunks`. Stops early, without a problem, when
    /// nobody takes chunks any more.
    fn pour(
        &mut self,
        writer: Writer,
        chunks: Sender<Chunk>,
    ) -> impl Future<Output = Result<Writer>> + Send;

    /// The rows of these numbers as they stand in their origin: number, byte, raw text.
    fn raws(
        &mut self,
        rows: &[i64],
    ) -> impl Future<Output = Result<Vec<(i64, Option<i64>, String)>>> + Send;
}

/// What an arrival is loaded with.
pub struct Arrival<'a> {
    pub context: &'a Context<'a>,
    pub dataset: &'a Dataset,
    pub target: Target,
    pub load: Load,
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
        let (send, receive) = channel(IN_FLIGHT);
        let statement = self.target.copy_statement(&names);
        let (poured, copied) =
            tokio::join!(rows.pour(writer, send), copy_in(session, &statement, receive));
        let inserted = match copied? {
            Copied::Rows(rows) => rows,
            Copied::Refused => return Ok(None),
        };
        let writer = poured?;
        let books =
            Books { read: writer.read, inserted, rejected: writer.rejected, ..Books::default() };
        Ok(Some((writer, books)))
    }

    /// Copies into the stage over several connections; their work is visible at once.
    pub async fn fill<R: Rows>(
        &self,
        stage: &Stage,
        rows: &mut R,
        writer: Writer,
    ) -> Result<Writer> {
        let (send, receive) = channel(IN_FLIGHT);
        let statement = stage.copy_statement();
        let (poured, copied) =
            tokio::join!(rows.pour(writer, send), self.spread(&statement, receive));
        copied?;
        poured
    }

    /// Deals chunks out to as many connections as the project allows, whoever is free first.
    async fn spread(&self, statement: &str, mut chunks: Receiver<Chunk>) -> Result<()> {
        let mut lanes = Vec::new();
        let mut senders = Vec::new();
        for _ in 0..self.context.project.connections {
            let session = self.context.connect().await?;
            let (send, receive) = channel::<Chunk>(IN_FLIGHT);
            let statement = statement.to_owned();
            lanes.push(tokio::spawn(async move {
                copy_in(&session, &statement, receive).await.map(drop)
            }));
            senders.push(send);
        }
        let mut lane = 0;
        while let Some(chunk) = chunks.recv().await {
            lane = (lane + 1) % senders.len();
            if senders[lane].send(chunk).await.is_err() {
                break;
            }
        }
        drop((senders, chunks));
        for lane in lanes {
            lane.await
                .map_err(|e| Problem::new(Kind::Internal, format!("a copy ended: {e}")))??;
        }
        Ok(())
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
            let (same, conflicts) = merge.settle_duplicates(session).await?;
            duplicate = same;
            let misfits = conflicts.into_iter().map(|row| self.conflict(row)).collect();
            self.reject(rows, writer, misfits).await?;
        }
        let mode = self.dataset.mode;
        let misfits = merge.screen(session, mode).await?;
        self.reject(rows, writer, misfits).await?;
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

    /// Writes rejects and books, and ends the transaction.
    ///
    /// # Errors
    /// Also when more rows were rejected than the dataset allows: then the transaction stays
    /// open, to be rolled back with the session.
    pub async fn close(
        &self,
        session: &Session,
        rejects: Spool,
        books: &Books,
        dropped: &[(String, String, u64)],
    ) -> Result<()> {
        let (dataset, origin) = (self.dataset, &self.load.origin);
        dataset.budget.check(books, &dataset.name, origin, &rejects.reasons())?;
        let findings: Vec<serde_json::Value> = dropped
            .iter()
            .map(|(column, why, n)| serde_json::json!({"column": column, "why": why, "count": n}))
            .collect();
        store::finish(session, &self.load, books, &findings.into()).await?;
        if !rejects.is_empty() {
            let (send, receive) = channel(IN_FLIGHT);
            let drain = tokio::task::spawn_blocking(move || {
                rejects.drain(|chunk| send.blocking_send(chunk).is_ok())
            });
            store::rejects(session, receive).await?;
            drain
                .await
                .map_err(|e| Problem::new(Kind::Internal, format!("rejects were lost: {e}")))??;
        }
        session.commit().await
    }
}

/// What cleaning dropped, for the books.
pub fn dropped(writer: &Writer) -> Vec<(String, String, u64)> {
    writer.maker.dropped().map(|(c, why, n)| (c.to_owned(), why.to_owned(), n)).collect()
}
