//! Outputs: the files that runs produced, on record, and the rows that they are made from.

mod keys;
mod pivot;
mod rows;

use karat_record::{Kind, Problem, Result};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::copy::ColumnType;
use crate::load::Target;
use crate::name::Table;
use crate::session::Session;

pub use keys::{Key, key, retire_keys, signing_key};
pub use pivot::{Aggregate, Code, Pivot, recompute};
pub use rows::{Export, exported};

/// A file to be put on record.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OutputFile)]
pub struct New {
    /// The name of the file.
    pub name: String,
    /// The declaration that it is made by.
    pub output: String,
    pub kind: String,
    /// SHA-256 of its bytes in hex, under which storage has them.
    pub sha256: String,
    pub bytes: u64,
    pub content_type: String,
    /// Rows below the header, where it has rows.
    pub rows: Option<u64>,
    pub made_from: Json,
}

/// A file on record.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Kept {
    /// Says nothing to whoever does not know it.
    pub id: String,
    pub run: i64,
    #[serde(flatten)]
    pub file: New,
    /// In UTC: `2026-01-31T12:00:00Z`.
    pub created_at: String,
}

/// Puts files on record, in the open transaction.
pub async fn keep(session: &Session, run: i64, files: &[New]) -> Result<()> {
    let files = serde_json::json!(files).to_string();
    let sql = include_str!("../../queries/output/keep.sql");
    session.execute(sql, &[&run, &files]).await.map(drop)
}

/// The files of a run; without one, those in force: what the last manifest lists, and itself. By
/// output and name.
pub async fn list(session: &Session, run: Option<i64>) -> Result<Vec<Kept>> {
    let sql = include_str!("../../queries/output/in_force.sql");
    session.rows(sql, &[&run]).await?.iter().map(kept).collect()
}

/// The file of an id.
pub async fn find(session: &Session, id: &str) -> Result<Option<Kept>> {
    let sql = include_str!("../../queries/output/find.sql");
    session.maybe_row(sql, &[&id]).await?.as_ref().map(kept).transpose()
}

/// Forgets the files of all but the last `keep` runs that made any, and but those in force, in the
/// open transaction; how many.
pub async fn prune(session: &Session, keep: i64) -> Result<u64> {
    session.execute(include_str!("../../queries/output/prune.sql"), &[&keep]).await
}

/// The SHA-256 of every content that is on record.
pub async fn contents(session: &Session) -> Result<Vec<String>> {
    let rows = session.rows(include_str!("../../queries/output/contents.sql"), &[]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

fn kept(row: &tokio_postgres::Row) -> Result<Kept> {
    let broken = |e| Problem::new(Kind::Internal, format!("what an output was made from: {e}"));
    Ok(Kept {
        id: row.get("id"),
        run: row.get("run"),
        file: New {
            name: row.get("name"),
            output: row.get("output"),
            kind: row.get("kind"),
            sha256: row.get("sha256"),
            bytes: row.get::<_, i64>("bytes") as u64,
            content_type: row.get("content_type"),
            rows: row.get::<_, Option<i64>>("rows").map(|rows| rows as u64),
            made_from: serde_json::from_str(row.get("made_from")).map_err(broken)?,
        },
        created_at: row.get("created_at"),
    })
}

/// The table that an output is made from.
///
/// # Errors
/// That it is not there.
pub async fn source(session: &Session, table: &Table) -> Result<Target> {
    let missing = || {
        Problem::new(Kind::Project, format!("there is no table {table} for an output"))
            .hint("correct the table in the file in outputs/, or load it first")
    };
    Target::find(session, table).await?.ok_or_else(missing)
}

/// The type of a column.
///
/// # Errors
/// That the table has no such column.
pub fn kind_of<'t>(target: &'t Target, column: &str) -> Result<&'t ColumnType> {
    let found = target.column(column).map(|column| &column.kind);
    found.ok_or_else(|| crate::resolution::no_column(target, column))
}

/// Puts on record that somebody fetches a file; no person is whoever has a link.
pub async fn fetched(
    session: &Session,
    id: &str,
    (person, agent): (Option<&str>, Option<&str>),
) -> Result<()> {
    let sql = include_str!("../../queries/output/download.sql");
    session.execute(sql, &[&id, &person, &agent]).await.map(drop)
}
