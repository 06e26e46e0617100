//! Looking for golden records.

use karat_record::Result;
use serde_json::Value as Json;

use crate::name::{Ident, Table};
use crate::session::Session;

/// A golden record: its id, and its row.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub id: String,
    pub row: Json,
}

/// How long a search may take, in milliseconds.
const PATIENCE: u32 = 5000;

/// Golden records that have a text in one of their values, whatever its capitals; all where it is
/// empty. At most so many, by id.
///
/// # Errors
/// A table that is too large to be searched in five seconds.
pub async fn search(
    session: &Session,
    (table, id): (&Table, &str),
    text: &str,
    limit: u32,
) -> Result<Vec<Found>> {
    let sql = format!(
        "select t.{id}::text, to_jsonb(t)::text from {table} t \
         where $1 = '' or strpos(lower(t::text), lower($1)) > 0 order by t.{id} limit $2",
        id = Ident(id)
    );
    session.begin().await?;
    session.batch(&format!("set local statement_timeout = {PATIENCE}")).await?;
    let rows = session.rows(&sql, &[&text, &i64::from(limit)]).await;
    session.rollback().await?;
    let found = |row: &tokio_postgres::Row| Found {
        id: row.get(0),
        row: serde_json::from_str(row.get(1)).unwrap_or_default(),
    };
    Ok(rows?.iter().map(found).collect())
}

/// The entity that a record, by source and key, is of today.
pub async fn of_record(
    session: &Session,
    entity: &str,
    (source, key): (&str, &str),
) -> Result<Option<String>> {
    let sql = include_str!("../queries/resolution/of_record.sql");
    Ok(session.maybe_row(sql, &[&entity, &source, &key]).await?.map(|row| row.get(0)))
}
