//! Takes raw rows one by one and hands out chunks of encoded ones; what does not fit goes to
//! the rejects. Memory is bounded: rejects beyond a few are kept in a temporary file.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::mem::take;

use karat_record::{Finding, Problem, Result};
use karat_store::copy::{CHUNK, Chunk, Encoder};
use karat_store::load::{Reason, Reject};

use super::maker::{Maker, Raw, Refusal};
use super::part::SoFar;

/// Which extra values end each encoded row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Load and row number: straight into the target.
    Direct,
    /// A mark and the row number: into the stage.
    Staged,
}

/// Writes the rows of one load.
pub struct Writer {
    pub maker: Maker,
    pub load: i64,
    pub route: Route,
    key: Vec<usize>,
    out: Encoder,
    pub read: u64,
    pub rejected: u64,
    /// Rejected rows whose key could not be read either.
    pub keyless: u64,
    pub rejects: Spool,
}

/// What became of rows since the last cut.
#[derive(Default)]
pub struct Counts {
    pub read: u64,
    pub rejected: u64,
    pub keyless: u64,
    /// What cleaning dropped: column, reason, count.
    pub dropped: Vec<(String, String, u64)>,
    pub rejects: Spool,
}

/// Where a raw row stands and what it looks like there.
pub struct Standing<F> {
    /// Line or ordinal number.
    pub row: i64,
    pub byte: Option<i64>,
    /// Called only when the row is rejected.
    pub raw: F,
}

impl Writer {
    pub fn new(maker: Maker, load: i64, route: Route, key: Vec<usize>) -> Writer {
        Writer {
            maker,
            load,
            route,
            key,
            out: Encoder::with_capacity(CHUNK + CHUNK / 4),
            read: 0,
            rejected: 0,
            keyless: 0,
            rejects: Spool::default(),
        }
    }

    /// Takes one row; a chunk comes back when one is full.
    #[inline]
    pub fn row<R: Raw, F: FnOnce() -> String>(
        &mut self,
        raw: &R,
        standing: Standing<F>,
    ) -> Result<Option<Chunk>> {
        self.read += 1;
        self.out.begin(self.maker.columns.len() + 2);
        match self.maker.encode(raw, &mut self.out) {
            Ok(()) => self.end(true, standing.row),
            Err(refusal) => {
                self.out.cancel();
                self.maker.consider(raw);
                self.keep_key(raw, standing.row);
                self.reject(refusal, standing)?;
            }
        }
        Ok((self.out.len() >= CHUNK).then(|| self.out.take()))
    }

    /// Refuses a row for what it is as a whole. `key` is what its key can be read from, if
    /// anything can.
    pub fn refuse<R: Raw, F: FnOnce() -> String>(
        &mut self,
        key: Option<&R>,
        finding: Finding,
        standing: Standing<F>,
    ) -> Result<()> {
        self.read += 1;
        match key {
            Some(raw) => self.keep_key(raw, standing.row),
            None => self.keyless += 1,
        }
        self.reject(Refusal { column: None, finding }, standing)
    }

    /// The rows that are left.
    pub fn finish(&mut self) -> Option<Chunk> {
        (!self.out.is_empty()).then(|| self.out.take())
    }

    /// What became of the rows since the last cut; counting begins anew.
    pub fn cut(&mut self) -> Counts {
        Counts {
            read: take(&mut self.read),
            rejected: take(&mut self.rejected),
            keyless: take(&mut self.keyless),
            dropped: self.maker.take_dropped(),
            rejects: take(&mut self.rejects),
        }
    }

    /// Counts rows of earlier attempts and segments too.
    pub fn recall(&mut self, so_far: &SoFar) {
        self.read += so_far.read;
        self.rejected += so_far.rejected;
        self.keyless += so_far.keyless;
        let later = std::mem::replace(&mut self.rejects.reasons, so_far.reasons.clone());
        self.rejects.reasons.extend(later);
    }

    fn end(&mut self, kept: bool, row: i64) {
        match self.route {
            Route::Direct => self.out.int8(self.load),
            Route::Staged => self.out.boolean(kept),
        }
        self.out.int8(row);
    }

    /// A staged row of the key alone says that the record still exists, so that a full snapshot
    /// does not remove what it merely spoilt.
    fn keep_key<R: Raw>(&mut self, raw: &R, row: i64) {
        if self.route == Route::Direct || self.key.is_empty() {
            return;
        }
        self.out.begin(self.maker.columns.len() + 2);
        match self.maker.encode_key(raw, &self.key, &mut self.out) {
            Ok(()) => self.end(false, row),
            Err(_) => {
                self.out.cancel();
                self.keyless += 1;
            }
        }
    }

    fn reject<F: FnOnce() -> String>(
        &mut self,
        refusal: Refusal,
        standing: Standing<F>,
    ) -> Result<()> {
        self.rejected += 1;
        let reject = Reject {
            line: standing.row,
            byte: standing.byte,
            column: refusal.column,
            rule: refusal.finding.rule.to_owned(),
            message: refusal.finding.message,
            raw: (standing.raw)(),
        };
        self.rejects.push(&reject, self.load)
    }
}

/// Encoded rejects: in memory while they are few, in a temporary file beyond.
#[derive(Default)]
pub struct Spool {
    memory: Encoder,
    file: Option<File>,
    rows: u64,
    pub reasons: Reasons,
}

/// Why rows were rejected. By column and rule: how many, and the first line and message.
#[derive(Clone, Default)]
pub struct Reasons(BTreeMap<(String, String), (u64, i64, String)>);

impl Reasons {
    /// Adds what comes behind these.
    pub fn extend(&mut self, later: impl IntoIterator<Item = Reason>) {
        for Reason { column, rule, rows, line, message } in later {
            self.0.entry((column, rule)).or_insert((0, line, message)).0 += rows;
        }
    }

    /// The most frequent ones, for people.
    pub fn shown(&self) -> String {
        const SHOWN: usize = 3;
        let mut reasons: Vec<_> = self.0.iter().collect();
        reasons.sort_by_key(|(_, (rows, ..))| Reverse(*rows));
        let said = reasons.iter().take(SHOWN).map(|((column, _), (rows, line, message))| {
            let rows = if *rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
            let column = if column.is_empty() { "the row" } else { column };
            format!("{column} {message} ({rows}, first at line {line})")
        });
        said.collect::<Vec<_>>().join(", ")
    }
}

impl IntoIterator for Reasons {
    type Item = Reason;
    type IntoIter = std::vec::IntoIter<Reason>;

    fn into_iter(self) -> Self::IntoIter {
        let reason =
            |((column, rule), (rows, line, message))| Reason { column, rule, rows, line, message };
        self.0.into_iter().map(reason).collect::<Vec<_>>().into_iter()
    }
}

const IN_MEMORY: usize = 1024 * 1024;

impl Spool {
    /// Adds a reject.
    pub fn push(&mut self, reject: &Reject, load: i64) -> Result<()> {
        self.rows += 1;
        let reason = (reject.column.clone().unwrap_or_default(), reject.rule.clone());
        let first = || (0, reject.line, reject.message.clone());
        self.reasons.0.entry(reason).or_insert_with(first).0 += 1;
        reject.encode(load, &mut self.memory);
        if self.memory.len() < IN_MEMORY {
            return Ok(());
        }
        let chunk = self.memory.take();
        if self.file.is_none() {
            self.file = Some(tempfile::tempfile().map_err(no_room)?);
        }
        match &mut self.file {
            Some(file) => file.write_all(&chunk).map_err(no_room),
            None => Ok(()),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Hands the chunks over in order; `send` says whether to go on.
    pub fn drain(mut self, mut send: impl FnMut(Chunk) -> bool) -> Result<()> {
        if let Some(mut file) = self.file.take() {
            file.seek(SeekFrom::Start(0)).map_err(no_room)?;
            loop {
                let mut chunk = vec![0; IN_MEMORY];
                let read = file.read(&mut chunk).map_err(no_room)?;
                chunk.truncate(read);
                if read == 0 || !send(chunk) {
                    break;
                }
            }
        }
        if !self.memory.is_empty() {
            send(self.memory.take());
        }
        Ok(())
    }
}

fn no_room(error: std::io::Error) -> Problem {
    Problem::io("keep rejected rows in", &std::env::temp_dir(), &error)
        .hint("make room there, or set TMPDIR to a folder with room")
}
