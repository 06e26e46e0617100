//! Pairs on record by their match weights.

use karat_record::Result;

use crate::session::Session;

/// Pairs whose match weights lie within one bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// In bits; up to the next whole bit.
    pub from: i32,
    /// Pairs that merge, and pairs that wait for somebody.
    pub merged: u64,
    pub review: u64,
}

/// The pairs of an entity that are weighed, the lightest first.
pub async fn weights(session: &Session, entity: &str) -> Result<Vec<Weighed>> {
    let sql = include_str!("../../queries/resolution/weights.sql");
    let rows = session.rows(sql, &[&entity]).await?;
    let weighed = |row: &tokio_postgres::Row| Weighed {
        from: row.get(0),
        merged: row.get::<_, i64>(1) as u64,
        review: row.get::<_, i64>(2) as u64,
    };
    Ok(rows.iter().map(weighed).collect())
}
