//! Rejected rows, for people.

use karat_record::Result;
use serde::Serialize;

use crate::session::Session;

/// A rejected row with where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejected {
    pub dataset: String,
    pub load: i64,
    pub origin: String,
    pub line: i64,
    pub byte: Option<i64>,
    pub column: Option<String>,
    pub rule: String,
    pub message: String,
    pub raw: String,
}

/// How many rejected rows there are, and the first of them, the latest load first.
pub async fn list(
    session: &Session,
    dataset: Option<&str>,
    limit: u32,
) -> Result<(u64, Vec<Rejected>)> {
    let sql = include_str!("../queries/load/rejects.sql");
    let rows = session.rows(sql, &[&dataset, &i64::from(limit)]).await?;
    let total = rows.first().map_or(0, |row| row.get::<_, i64>("total") as u64);
    let rejected = |row: &tokio_postgres::Row| Rejected {
        dataset: row.get("dataset"),
        load: row.get("load"),
        origin: row.get("origin"),
        line: row.get("line"),
        byte: row.get("byte"),
        column: row.get("column"),
        rule: row.get("rule"),
        message: row.get("message"),
        raw: row.get("raw"),
    };
    Ok((total, rows.iter().map(rejected).collect()))
}
