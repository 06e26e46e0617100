//! The books of a load: what was read and what became of it, kept with the rows themselves.

use karat_record::{Kind, Problem, Result};
use serde::Serialize;
use tokio::sync::mpsc::Receiver;

use super::target::{LOAD, ROW, Target};
use crate::copy::{Chunk, Encoder};
use crate::name::list;
use crate::session::Session;

/// What became of the rows that were read. `read` is the sum of the others but `removed`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Books {
    pub read: u64,
    pub inserted: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub duplicate: u64,
    pub rejected: u64,
    /// Rows of earlier loads that a full snapshot no longer has.
    pub removed: u64,
}

impl Books {
    /// Whether anything in the table is different now.
    pub fn changed(&self) -> bool {
        self.inserted + self.updated + self.removed > 0
    }
}

/// A load that has begun.
#[derive(Clone, Debug)]
pub struct Load {
    pub id: i64,
    pub dataset: String,
    /// The file or dataset that it came from.
    pub origin: String,
    pub sha256: String,
    /// Fingerprint of the declaration that it was read by.
    pub settings: String,
    pub run: Option<i64>,
}

/// A load that was done before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub id: i64,
    pub settings: String,
    /// Whether no other content of the same origin came after it.
    pub latest: bool,
}

/// A row that did not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    pub line: i64,
    pub byte: Option<i64>,
    pub column: Option<String>,
    pub rule: String,
    pub message: String,
    pub raw: String,
}

impl Reject {
    /// Encodes it for `rejects`.
    pub fn encode(&self, load: i64, out: &mut Encoder) {
        out.begin(7);
        out.int8(load);
        out.int8(self.line);
        match self.byte {
            Some(byte) => out.int8(byte),
            None => out.null(),
        }
        match &self.column {
            Some(column) => out.plain_text(column),
            None => out.null(),
        }
        out.plain_text(&self.rule);
        out.plain_text(&self.message);
        // PostgreSQL text cannot hold NUL; its visible sign keeps the rest of the row.
        out.plain_text(&self.raw.replace('\0', "\u{2400}"));
    }
}

/// The number of the next load. The write lock must be held: numbers of loads that were killed
/// are used again, so that what they would have written looks the same.
pub async fn begin(session: &Session) -> Result<i64> {
    Ok(session.row(include_str!("../../queries/load/next_id.sql"), &[]).await?.get(0))
}

/// The last load of these bytes into the dataset, if there was one.
pub async fn done_before(
    session: &Session,
    dataset: &str,
    origin: &str,
    sha256: &str,
) -> Result<Option<Done>> {
    let sql = include_str!("../../queries/load/done_before.sql");
    let row = session.maybe_row(sql, &[&dataset, &origin, &sha256]).await?;
    Ok(row.map(|row| Done { id: row.get(0), settings: row.get(1), latest: row.get(2) }))
}

/// Whether a file of that many bytes was loaded before.
pub async fn seen_size(session: &Session, bytes: u64) -> Result<bool> {
    let sql = include_str!("../../queries/load/seen_size.sql");
    Ok(session.row(sql, &[&(bytes as i64)]).await?.get(0))
}

/// Copies encoded rejects in.
pub async fn rejects(session: &Session, chunks: Receiver<Chunk>) -> Result<()> {
    let sql = include_str!("../../queries/load/copy_rejects.sql");
    crate::copy::copy_in(session, sql, chunks).await.map(drop)
}

/// Writes the books of a load, inside the transaction that holds its rows.
///
/// # Errors
/// Also when a load of that number has ended: its process was killed, and the server only now
/// finished its work.
pub async fn finish(
    session: &Session,
    load: &Load,
    books: &Books,
    findings: &serde_json::Value,
) -> Result<()> {
    let n = |count: u64| count as i64;
    session
        .execute(
            include_str!("../../queries/load/finish.sql"),
            &[
                &load.id,
                &load.dataset,
                &load.origin,
                &load.sha256,
                &load.settings,
                &load.run,
                &n(books.read),
                &n(books.inserted),
                &n(books.updated),
                &n(books.unchanged),
                &n(books.duplicate),
                &n(books.rejected),
                &n(books.removed),
                &findings.to_string(),
            ],
        )
        .await
        .and_then(|written| if written == 1 { Ok(()) } else { Err(ended(load)) })
}

/// A load of that number is on record and has ended.
pub(super) fn ended(load: &Load) -> Problem {
    let what = format!("a load of {} that was broken off has ended after all", load.origin);
    Problem::new(Kind::Busy, what).hint("run the same command again")
}

/// Keeps how the raw rows of a load's rejects are written, as JSON, and whether it is a replay.
pub async fn describe(
    session: &Session,
    load: i64,
    form: &serde_json::Value,
    replay: bool,
) -> Result<()> {
    let sql = include_str!("../../queries/load/describe.sql");
    session.execute(sql, &[&load, &form.to_string(), &replay]).await.map(drop)
}

/// Remembers a stored file, inside the same transaction.
pub async fn remember_file(session: &Session, sha256: &str, bytes: u64, name: &str) -> Result<()> {
    let sql = include_str!("../../queries/load/remember_file.sql");
    session.execute(sql, &[&sha256, &(bytes as i64), &name]).await.map(drop)
}

impl Target {
    /// The statement that copies rows of `columns`, load and row number straight into the table.
    pub fn copy_statement(&self, columns: &[String]) -> String {
        let columns = list("", columns.iter().map(String::as_str));
        format!("copy {} ({columns}, {LOAD}, {ROW}) from stdin (format binary)", self.table)
    }
}
