//! Loads that commit segment by segment: into the stage, for a merge at the end, or into the
//! table itself. What a segment brings and the ledger's entry for it are one transaction, or the
//! entry comes last and what no entry knows is taken out before the load goes on.

use std::sync::Arc;

use karat_connect::csv::{Mark, Repaired};
use karat_record::{Kind, Place, Problem, Result};
use karat_store::Session;
use karat_store::copy::{Chunk, Copied, copy_in};
use karat_store::load::{self as store, Books, Load, Piecemeal, Stage};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::arrival::{Arrival, IN_FLIGHT, Rows, keep};
use super::maker::{Lacking, Made, Maker};
use super::part::{Cut, Part, SoFar};
use super::pass::Range;
use super::plan;
use super::writer::{Counts, Route, Writer};
use crate::context::Context;

/// How far the parts of a segment were taken.
pub enum Reached {
    /// There may be more behind it.
    Cut(Box<Cut>),
    /// The end of the file, or of what could be read of it.
    End,
    /// The server takes no more.
    Stopped,
}

/// Copies rows up to the next cut.
pub async fn copy(
    session: &Session,
    statement: &str,
    parts: &mut Receiver<Part>,
) -> (Reached, Result<Copied>) {
    let (send, chunks) = channel(1);
    let forward = async move {
        loop {
            match parts.recv().await {
                Some(Part::Chunk(chunk)) => {
                    if send.send(chunk).await.is_err() {
                        return Reached::Stopped;
                    }
                }
                Some(Part::Cut(cut)) => return Reached::Cut(cut),
                None => return Reached::End,
            }
        }
    };
    tokio::join!(forward, copy_in(session, statement, chunks))
}

/// Passes over rows up to the next cut; `None` at the end.
async fn skip(parts: &mut Receiver<Part>) -> Option<Box<Cut>> {
    while let Some(part) = parts.recv().await {
        if let Part::Cut(cut) = part {
            return Some(cut);
        }
    }
    None
}

/// The entries of one load.
pub struct Ledger<'a> {
    pub session: &'a Session,
    pub load: Load,
    pub of: Piecemeal,
    pub so_far: SoFar,
}

impl Ledger<'_> {
    /// Enters a segment with its rejects, and commits.
    async fn enter(&mut self, cut: Cut, books: &Books) -> Result<()> {
        self.so_far.number += 1;
        self.so_far.add(&cut.counts, cut.repaired);
        let segment = self.so_far.segment(&cut);
        store::open(self.session, &self.load, books).await?;
        keep(self.session, cut.counts.rejects).await?;
        store::keep(self.session, self.load.id, &self.of, &segment).await?;
        self.session.commit().await
    }
}

/// Deals chunks out to as many connections as the project allows, whoever is free first.
pub async fn spread(
    context: &Context<'_>,
    statement: &str,
    mut parts: Receiver<Part>,
    mut ledger: Option<&mut Ledger<'_>>,
) -> Result<()> {
    let mut sessions = Vec::new();
    for _ in 0..context.project.connections {
        sessions.push(Arc::new(context.connect().await?));
    }
    while let (rows, Some(cut)) = deal(&sessions, statement, &mut parts).await? {
        if let Some(ledger) = &mut ledger {
            ledger.so_far.staged += rows;
            ledger.session.begin().await?;
            ledger.enter(*cut, &Books::default()).await?;
        }
    }
    Ok(())
}

/// Copies the rows up to the next cut over all sessions; how many, and the cut.
async fn deal(
    sessions: &[Arc<Session>],
    statement: &str,
    parts: &mut Receiver<Part>,
) -> Result<(u64, Option<Box<Cut>>)> {
    let mut lanes = Vec::new();
    let mut senders: Vec<Sender<Chunk>> = Vec::new();
    for session in sessions {
        let (send, receive) = channel(IN_FLIGHT);
        let (session, statement) = (session.clone(), statement.to_owned());
        lanes.push(tokio::spawn(async move { copy_in(&session, &statement, receive).await }));
        senders.push(send);
    }
    let (mut lane, mut reached) = (0, None);
    while let Some(part) = parts.recv().await {
        match part {
            Part::Chunk(chunk) => {
                lane = (lane + 1) % senders.len();
                if senders[lane].send(chunk).await.is_err() {
                    break;
                }
            }
            Part::Cut(cut) => {
                reached = Some(cut);
                break;
            }
        }
    }
    drop(senders);
    let mut rows = 0;
    for lane in lanes {
        let ended = lane.await;
        match ended.map_err(|e| Problem::new(Kind::Internal, format!("a copy ended: {e}")))?? {
            Copied::Rows(copied) => rows += copied,
            Copied::Refused => return Err(Problem::new(Kind::Internal, "the stage refused a row")),
        }
    }
    Ok((rows, reached))
}

/// A load into the table itself.
pub struct Piecewise<'a> {
    pub arrival: &'a Arrival<'a>,
    pub ledger: Ledger<'a>,
    /// Of all segments so far.
    pub books: Books,
    pub made: Vec<Made>,
    /// Inputs that must hold no value, with the headers that they stand under.
    pub barred: Vec<(String, usize)>,
    /// Whether rows can be tried without a stage.
    pub straight: bool,
    /// The file, from where the segment in work begins.
    pub range: Range,
}

impl Piecewise<'_> {
    /// Loads what is left of the file. The last segment is counted and left in the open
    /// transaction, to be committed with the books; the rows are in the writer that comes back.
    pub async fn load<R: Rows>(
        &mut self,
        rows: &mut R,
        writer: Writer,
    ) -> Result<(Counts, Lacking)> {
        let names: Vec<String> = self.made.iter().map(|made| made.name.clone()).collect();
        let statement = self.arrival.target.copy_statement(&names);
        let (send, parts) = channel(IN_FLIGHT);
        let (poured, copied) = tokio::join!(rows.pour(writer, send), self.take(&statement, parts));
        let inserted = copied?;
        let mut writer = poured?;
        let (counts, lacking) = (writer.cut(), writer.maker.lacking());
        Ok((self.settle(inserted, counts, u64::MAX).await?, lacking))
    }

    /// Commits segments as they come; of the last one, how many rows the table took.
    async fn take(&mut self, statement: &str, mut parts: Receiver<Part>) -> Result<Option<u64>> {
        let session = self.ledger.session;
        loop {
            session.begin().await?;
            let (cut, inserted) = if self.straight {
                let (reached, copied) = copy(session, statement, &mut parts).await;
                let inserted = match copied? {
                    Copied::Rows(rows) => Some(rows),
                    Copied::Refused => None,
                };
                match reached {
                    Reached::Cut(cut) => (Some(cut), inserted),
                    Reached::End => (None, inserted),
                    Reached::Stopped => (skip(&mut parts).await, inserted),
                }
            } else {
                (skip(&mut parts).await, None)
            };
            let Some(mut cut) = cut else { return Ok(inserted) };
            let to = cut.to;
            let counts = std::mem::take(&mut cut.counts);
            cut.counts = self.settle(inserted, counts, to.byte).await?;
            self.stays_within_budget(&cut.counts)?;
            self.ledger.enter(*cut, &self.books).await?;
            self.range.from = Some(to);
        }
    }

    /// Adds a segment to the books, after a merge of its own where the table did not take it as
    /// it came. The transaction stays open.
    async fn settle(&mut self, inserted: Option<u64>, counts: Counts, to: u64) -> Result<Counts> {
        let (books, counts) = match inserted {
            Some(inserted) => {
                let (read, rejected) = (counts.read, counts.rejected);
                (Books { read, inserted, rejected, ..Books::default() }, counts)
            }
            None => {
                self.ledger.session.rollback().await?;
                self.merge(to).await?
            }
        };
        self.books.read += books.read;
        self.books.inserted += books.inserted;
        self.books.unchanged += books.unchanged;
        self.books.duplicate += books.duplicate;
        self.books.rejected += books.rejected;
        Ok(counts)
    }

    /// Reads the segment in work again, up to a byte, into a stage, and merges that.
    async fn merge(&mut self, to: u64) -> Result<(Books, Counts)> {
        let (session, arrival) = (self.ledger.session, self.arrival);
        self.range.to = to;
        let columns: Vec<_> = self.made.iter().map(|m| (m.name.clone(), &m.kind)).collect();
        let stage = Stage::create(session, arrival.load.id, &columns).await?;
        let (dataset, region) = (arrival.dataset, &arrival.context.project.region);
        let maker = Maker::new(self.made.clone(), dataset.nulls.clone(), region)
            .under(self.barred.clone(), false);
        let key = plan::key_positions(dataset, &self.made);
        let writer = Writer::new(maker, arrival.load.id, Route::Staged, key);
        let mut writer = arrival.fill(&stage, &mut self.range, writer, None).await?;
        session.begin().await?;
        let (books, _) = arrival.merge(session, &stage, &mut self.range, &mut writer).await?;
        stage.remove(session).await?;
        Ok((books, writer.cut()))
    }

    /// # Errors
    /// Too many rows were rejected, with those of the segment in work; what is committed stays.
    pub fn stays_within_budget(&self, counts: &Counts) -> Result<()> {
        let dataset = self.arrival.dataset;
        let Some(what) = dataset.budget.exceeded(&self.books, &dataset.name) else {
            return Ok(());
        };
        let mut so_far = self.ledger.so_far.clone();
        so_far.add(counts, Repaired::default());
        Err(self.stopped(what, &so_far.reasons.shown()))
    }

    fn stopped(&self, what: String, why: &str) -> Problem {
        let line = self.range.from.map_or(1, |Mark { line, .. }| line);
        let what = format!("{what}; the rows before line {line} are loaded and stay");
        let hint = format!(
            "most often: {why}; mend the file, or allow more in [rejects], and load it again: \
             those rows are replaced"
        );
        let place = Place::file(&self.arrival.load.origin);
        Problem::new(Kind::Input, what).at(place).hint(hint)
    }
}
