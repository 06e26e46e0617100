//! Tables as a whole: their content's digest, and their rows as texts.

use bytes::Bytes;
use karat_record::{Kind, Problem, Result};

use crate::copy::Rows;
use crate::load::Target;
use crate::name::{Ident, Table};
use crate::session::Session;

/// A fingerprint of all rows of a table, whatever their order: it changes when any value does,
/// by whatever means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest(pub String);

/// The digest of a table; the server computes it in one pass.
pub async fn digest(session: &Session, table: &Table) -> Result<Digest> {
    let sql = format!(
        "select count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) \
         from {table} t"
    );
    Ok(Digest(session.row(&sql, &[]).await?.get(0)))
}

/// Prepares an empty table for a copy that the server need not log, where it can. That takes an
/// exclusive lock, which nobody who reads an empty table on a server without replicas will miss;
/// where somebody holds another, or has put rows in, the copy is logged.
pub async fn spare_log(session: &Session, table: &Table) -> Result<()> {
    let sql = include_str!("../queries/table/unlogged_copy.sql");
    let row = session.maybe_row(sql, &[&table.schema, &table.name]).await?;
    if !row.is_some_and(|row| row.get(0)) {
        return Ok(());
    }
    let lock = format!("savepoint spare; set local lock_timeout = '100ms'; lock table {table}");
    let locked = session.batch(&lock).await.is_ok();
    let rows = format!("select exists (select 1 from {table})");
    if !locked || session.row(&rows, &[]).await?.get(0) {
        return session.batch("rollback to savepoint spare").await;
    }
    let truncate = format!("truncate {table}; release savepoint spare; set local lock_timeout = 0");
    session.batch(&truncate).await
}

/// Makes a table with these columns: name and SQL type.
pub async fn create(
    session: &Session,
    table: &Table,
    columns: &[(String, &'static str)],
) -> Result<()> {
    let columns: Vec<String> =
        columns.iter().map(|(name, kind)| format!("{} {kind}", Ident(name))).collect();
    let schema = Ident(&table.schema);
    let columns = columns.join(",\n  ");
    let sql =
        format!("create schema if not exists {schema}; create table {table} (\n  {columns}\n)");
    session.batch(&sql).await
}

/// Adds columns to a table.
pub async fn add_columns(
    session: &Session,
    table: &Table,
    columns: &[(String, &'static str)],
) -> Result<()> {
    for (name, kind) in columns {
        session.batch(&format!("alter table {table} add column {} {kind}", Ident(name))).await?;
    }
    Ok(())
}

/// The number of rows of a table.
pub async fn count(session: &Session, table: &Table) -> Result<u64> {
    let count: i64 = session.row(&format!("select count(*) from {table}"), &[]).await?.get(0);
    Ok(count as u64)
}

/// Rows whose values are all texts.
pub struct TextRows {
    rows: Rows,
}

/// Reads columns of all rows as texts, in the order of the first load (load, row); of a table that
/// keeps versions, of the current ones.
pub async fn read_texts(
    session: &Session,
    target: &Target,
    columns: &[String],
) -> Result<TextRows> {
    let values: Vec<String> = columns.iter().map(|c| format!("{}::text", Ident(c))).collect();
    let sql = format!(
        "copy (select {} from {} t where true{} order by karat_load, karat_row) \
         to stdout (format binary)",
        values.join(", "),
        target.table,
        target.and_current("t"),
    );
    Ok(TextRows { rows: Rows::open(session, &sql).await? })
}

impl TextRows {
    pub(crate) fn new(rows: Rows) -> TextRows {
        TextRows { rows }
    }

    /// The next row; `None` after the last.
    pub async fn next_texts(&mut self) -> Result<Option<TextRow>> {
        let Some(row) = self.rows.next().await? else { return Ok(None) };
        let is_text = |value: &Bytes| std::str::from_utf8(value).is_ok();
        if row.iter().flatten().all(is_text) {
            return Ok(Some(TextRow(row)));
        }
        Err(Problem::new(Kind::Internal, "the server sent text that is not UTF-8"))
    }
}

/// A row of texts, still where the network left them.
pub struct TextRow(Vec<Option<Bytes>>);

impl TextRow {
    /// The text at a position; `None` for null.
    #[inline]
    pub fn get(&self, at: usize) -> Option<&str> {
        self.0[at].as_ref().and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// All texts from a position on, as values of their own.
    pub fn owned_from(&self, at: usize) -> Vec<Option<String>> {
        (at..self.0.len()).map(|i| self.get(i).map(str::to_owned)).collect()
    }
}
