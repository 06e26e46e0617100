//! Evidence on record: between two records, and among those of an entity.

use karat_record::Result;
use tokio_postgres::Row;

use crate::session::Session;

/// What speaks for two records being of one entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Source and key.
    pub a: (String, String),
    pub b: (String, String),
    /// From 0 to 100; none of a decision.
    pub score: Option<i16>,
    /// The match weight in bits, where evidence is weighed.
    pub weight: Option<f32>,
    /// The tiers that hold, or `weights`.
    pub tiers: Vec<String>,
    /// Why a person has to decide, where one has to.
    pub reason: Option<String>,
    /// The number of the decision that they are the same.
    pub decision: Option<i64>,
}

/// What holds the records of an entity together, decisions and then the strongest evidence first:
/// how much there is, and so much of it.
pub async fn among(
    session: &Session,
    (entity, id): (&str, &str),
    limit: u32,
) -> Result<(u64, Vec<Evidence>)> {
    let sql = include_str!("../../queries/resolution/evidence.sql");
    let rows = session.rows(sql, &[&entity, &id, &i64::from(limit)]).await?;
    let total = rows.first().map_or(0, |row| row.get::<_, i64>("total").cast_unsigned());
    Ok((total, rows.iter().map(evidence).collect()))
}

/// The tiers that hold between two records, each given by source and key; none where no evidence
/// between them is on record.
pub async fn tiers(
    session: &Session,
    entity: &str,
    [a, b]: [(&str, &str); 2],
) -> Result<Option<Vec<String>>> {
    let sql = include_str!("../../queries/resolution/tiers.sql");
    let row = session.maybe_row(sql, &[&entity, &a.0, &a.1, &b.0, &b.1]).await?;
    Ok(row.map(|row| row.get(0)))
}

fn evidence(row: &Row) -> Evidence {
    Evidence {
        a: (row.get("source_a"), row.get("key_a")),
        b: (row.get("source_b"), row.get("key_b")),
        score: row.get("score"),
        weight: row.get("weight"),
        tiers: row.get("tiers"),
        reason: row.get("reason"),
        decision: row.get("decision"),
    }
}
