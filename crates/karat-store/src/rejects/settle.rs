//! What becomes of rejects when their rows come again: by a replay, or with a file that is loaded
//! anew.

use std::collections::BTreeMap;

use karat_record::Result;
use serde_json::Value as Json;

use crate::load::Load;
use crate::session::Session;

/// A reject that a place leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub dataset: String,
    /// Where it stands: the place itself, or where its row was rejected again.
    pub load: i64,
    pub line: i64,
    /// Where its row was rejected first.
    pub first_load: i64,
    pub state: String,
    pub rule: String,
    /// Whether the row was rejected as a whole, such as for its width.
    pub whole: bool,
}

impl Found {
    /// The load whose file shows how the raw row is written: a row that could not be cut is kept
    /// as it was, whatever file it came with.
    pub fn written_in(&self) -> i64 {
        if self.whole { self.first_load } else { self.load }
    }
}

/// Rows of a replay: in its file, and the rejects that they mend.
#[derive(Clone, Debug, Default)]
pub struct Replayed {
    pub rows: Vec<i64>,
    pub loads: Vec<i64>,
    pub lines: Vec<i64>,
}

/// The rejects that places (load, line) lead to, one for each place.
pub async fn find(session: &Session, loads: &[i64], lines: &[i64]) -> Result<Vec<Option<Found>>> {
    let rows =
        session.rows(include_str!("../../queries/reject/find.sql"), &[&loads, &lines]).await?;
    let mut found = vec![None; loads.len()];
    for row in &rows {
        let load = row.get("load");
        let first: Option<i64> = row.get("first_load");
        found[row.get::<_, i64>("at") as usize - 1] = Some(Found {
            dataset: row.get("dataset"),
            load,
            line: row.get("line"),
            first_load: first.unwrap_or(load),
            state: row.get("state"),
            rule: row.get("rule"),
            whole: row.get("whole"),
        });
    }
    Ok(found)
}

/// How the raw rows of loads are written, by load, where it is known.
pub async fn forms(session: &Session, loads: &[i64]) -> Result<BTreeMap<i64, Json>> {
    let rows = session.rows(include_str!("../../queries/reject/forms.sql"), &[&loads]).await?;
    let form = |row: &tokio_postgres::Row| {
        Some((row.get("id"), serde_json::from_str(row.get("form")).ok()?))
    };
    Ok(rows.iter().filter_map(form).collect())
}

/// The last load of a dataset that was no replay.
pub async fn full_load(session: &Session, dataset: &str) -> Result<Option<i64>> {
    let sql = include_str!("../../queries/reject/full_load.sql");
    Ok(session.row(sql, &[&dataset]).await?.get(0))
}

/// Notes what a replay did, inside the transaction that holds its rows, books and rejects.
pub async fn replayed(session: &Session, load: i64, done: &Replayed) -> Result<()> {
    let sql = include_str!("../../queries/reject/replayed.sql");
    session.execute(sql, &[&load, &done.rows, &done.loads, &done.lines]).await?;
    session.execute(include_str!("../../queries/reject/first.sql"), &[&load]).await.map(drop)
}

/// Whether a replay rejected a row for another reason than before, or with other values.
pub async fn different(session: &Session, load: i64) -> Result<bool> {
    let sql = include_str!("../../queries/reject/different.sql");
    Ok(session.row(sql, &[&load]).await?.get(0))
}

/// Closes the open rejects of what this load read anew: of the same bytes, or, where it read
/// `all` there was, of the whole dataset. Inside the transaction that holds its rows.
pub async fn reloaded(session: &Session, load: &Load, all: bool) -> Result<()> {
    let Load { id, dataset, sha256, .. } = load;
    let sql = include_str!("../../queries/reject/repeated.sql");
    session.execute(sql, &[id, dataset, sha256]).await?;
    let sql = include_str!("../../queries/reject/superseded.sql");
    session.execute(sql, &[id, dataset, sha256, &all]).await.map(drop)
}
