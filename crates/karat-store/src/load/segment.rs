//! The ledger of loads that commit segment by segment. What it says of a file's rows is true
//! whatever became of the process that wrote it: rows come first, their segment after them or
//! together with them, and rows that no segment knows are taken out before a load goes on.

use karat_record::Result;
use serde_json::Value as Json;

use super::books::{Books, Load, ended};
use super::merge::{Conflict, KEPT, Merge, Stage};
use super::target::{LOAD, ROW, Target};
use crate::copy::ColumnType;
use crate::name::Table;
use crate::session::Session;

/// What is committed of a file up to a place between two rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// From 1.
    pub number: i32,
    /// Byte and line at which it begins, and at which the next one does.
    pub from: (u64, u64),
    pub to: (u64, u64),
    /// Quotes so far that never close.
    pub open_quotes: u32,
    /// How many of the file's first bytes were hashed, and their SHA-256.
    pub hashed: (u64, String),
    /// Rows of the file so far: read, rejected, rejected without a key that can be read.
    pub read: u64,
    pub rejected: u64,
    pub keyless: u64,
    /// Rows in the stage.
    pub staged: u64,
    /// What cleaning did so far.
    pub cleaned: Json,
}

/// What a load that commits by segments is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piecemeal {
    /// The size of the file.
    pub bytes: u64,
    /// Of everything that decides what a row becomes.
    pub fingerprint: String,
    /// Where the rows go; `None`: into the load's stage.
    pub table: Option<Table>,
}

/// A load that has not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfinished {
    pub load: i64,
    pub dataset: String,
    pub origin: String,
    pub of: Piecemeal,
    /// What has become of the rows in the table.
    pub books: Books,
    pub last: Segment,
}

/// Rows that were rejected for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Empty for the row as a whole.
    pub column: String,
    pub rule: String,
    pub rows: u64,
    /// The first of them.
    pub line: i64,
    pub message: String,
}

/// Loads that have not ended, the first first. The write lock must be held; what the connections
/// of a killed process were about to commit is waited for.
pub async fn unfinished(session: &Session) -> Result<Vec<Unfinished>> {
    session.begin().await?;
    session.batch(include_str!("../../queries/segment/lock.sql")).await?;
    let rows = session.rows(include_str!("../../queries/segment/unfinished.sql"), &[]).await?;
    session.commit().await?;
    Ok(rows.iter().map(read).collect())
}

fn read(row: &tokio_postgres::Row) -> Unfinished {
    let n = |name: &str| row.get::<_, i64>(name) as u64;
    let schema: Option<String> = row.get("table_schema");
    let name: Option<String> = row.get("table_name");
    let cleaned: &str = row.get("cleaned");
    Unfinished {
        load: row.get("id"),
        dataset: row.get("dataset"),
        origin: row.get("origin"),
        of: Piecemeal {
            bytes: n("bytes"),
            fingerprint: row.get("fingerprint"),
            table: schema.zip(name).map(|(schema, name)| Table::new(schema, name)),
        },
        books: Books {
            read: n("booked"),
            inserted: n("inserted"),
            unchanged: n("unchanged"),
            duplicate: n("duplicate"),
            rejected: n("refused"),
            ..Books::default()
        },
        last: Segment {
            number: row.get("number"),
            from: (n("byte_from"), n("row_from")),
            to: (n("byte_to"), n("row_to")),
            open_quotes: row.get::<_, i32>("open_quotes") as u32,
            hashed: (n("hashed_to"), row.get("sha256")),
            read: n("read"),
            rejected: n("rejected"),
            keyless: n("keyless"),
            staged: n("staged"),
            cleaned: serde_json::from_str(cleaned).unwrap_or_default(),
        },
    }
}

/// Writes the books as far as they go, inside the transaction that `keep` is part of; rejects
/// come after it. `books` count what has become of rows in the table.
pub async fn open(session: &Session, load: &Load, books: &Books) -> Result<()> {
    let n = |count: u64| count as i64;
    let written = session
        .execute(
            include_str!("../../queries/segment/begin.sql"),
            &[
                &load.id,
                &load.dataset,
                &load.origin,
                &load.settings,
                &load.run,
                &n(books.read),
                &n(books.inserted),
                &n(books.unchanged),
                &n(books.duplicate),
                &n(books.rejected),
            ],
        )
        .await?;
    if written == 1 { Ok(()) } else { Err(ended(load)) }
}

/// Enters a segment, inside the transaction of its rows or after it.
pub async fn keep(session: &Session, load: i64, of: &Piecemeal, segment: &Segment) -> Result<()> {
    let n = |count: u64| count as i64;
    let table = of.table.as_ref();
    session
        .execute(
            include_str!("../../queries/segment/keep.sql"),
            &[
                &load,
                &segment.number,
                &table.map(|table| table.schema.as_str()),
                &table.map(|table| table.name.as_str()),
                &n(of.bytes),
                &of.fingerprint,
                &n(segment.from.0),
                &n(segment.to.0),
                &n(segment.from.1),
                &n(segment.to.1),
                &(segment.open_quotes as i32),
                &n(segment.hashed.0),
                &segment.hashed.1,
                &n(segment.read),
                &n(segment.rejected),
                &n(segment.keyless),
                &n(segment.staged),
                &segment.cleaned.to_string(),
            ],
        )
        .await
        .map(drop)
}

/// Why rows of a load were rejected so far.
pub async fn reasons(session: &Session, load: i64) -> Result<Vec<Reason>> {
    let rows = session.rows(include_str!("../../queries/segment/reasons.sql"), &[&load]).await?;
    let reason = |row: &tokio_postgres::Row| Reason {
        column: row.get("column"),
        rule: row.get("rule"),
        rows: row.get::<_, i64>("rows") as u64,
        line: row.get("line"),
        message: row.get("message"),
    };
    Ok(rows.iter().map(reason).collect())
}

impl Unfinished {
    /// Takes everything back that the load has written; the number of rows that leave the table.
    pub async fn discard(&self, session: &Session) -> Result<u64> {
        session.begin().await?;
        let stage = Stage::of(self.load, &[]);
        let mut gone = 0;
        if let Some(table) = &self.of.table
            && Target::find(session, table).await?.is_some_and(|target| target.is_traced())
        {
            let sql = format!("delete from {table} where {LOAD} = {}", self.load);
            gone = session.execute(&sql, &[]).await?;
        }
        stage.remove(session).await?;
        session.execute(include_str!("../../queries/segment/discard.sql"), &[&self.load]).await?;
        session.commit().await?;
        Ok(gone)
    }
}

impl Stage {
    /// The stage of a load that goes on, without rows behind its last segment. `None` when it does
    /// not hold the rows that the ledger says: a server that crashed empties it.
    pub async fn reopen(
        session: &Session,
        unfinished: &Unfinished,
        columns: &[(String, &ColumnType)],
    ) -> Result<Option<Stage>> {
        let stage = Stage::of(unfinished.load, columns);
        let Table { schema, name } = stage.table();
        let exists = include_str!("../../queries/segment/stage_exists.sql");
        if !session.row(exists, &[schema, name]).await?.get::<_, bool>(0) {
            return Ok(None);
        }
        let table = stage.table();
        session.begin().await?;
        // A connection of the killed process may still be copying into it.
        session.batch(&format!("lock table {table} in share row exclusive mode")).await?;
        let behind = unfinished.last.to.1 as i64;
        session.execute(&format!("delete from {table} where {ROW} >= $1"), &[&behind]).await?;
        let rows = format!("select count(*) from {table}");
        let rows: i64 = session.row(&rows, &[]).await?.get(0);
        session.commit().await?;
        Ok((rows as u64 == unfinished.last.staged).then_some(stage))
    }
}

impl Merge<'_> {
    /// Takes rows out of the stage whose key came in an earlier segment of the same load. Returns
    /// how many were equal to the earlier one, and the row numbers of those that were not.
    pub async fn settle_earlier(&self, session: &Session) -> Result<(u64, Vec<Conflict>)> {
        let (stage, target) = (self.stage.table(), &self.target.table);
        let statement = format!(
            "with earlier as (
               delete from {stage} s using {target} t
               where s.{KEPT} and t.{LOAD} = {load} and {matched}
               returning s.{ROW} as row, ({same}) as same
             )
             select row, same from earlier order by row",
            load = self.load,
            matched = self.matched("t", "s"),
            same = self.equal("t", "s"),
        );
        let rows = session.rows(&statement, &[]).await?;
        let conflicts = rows.iter().filter(|row| !row.get::<_, bool>(1)).map(|row| row.get(0));
        let conflicts: Vec<i64> = conflicts.collect();
        Ok(((rows.len() - conflicts.len()) as u64, conflicts))
    }
}
