//! What resolutions counted of what came in, so that they can be compared.

use karat_record::Result;

use crate::session::Session;

/// What a resolution was made by.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    pub entity: &'a str,
    pub model: Option<i64>,
    /// Fingerprint of the declaration.
    pub settings: &'a str,
    pub run: Option<i64>,
}

/// Counts on record, as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Of all records; else the sum of some parts.
    pub whole: bool,
    /// The first of all records by this model, or by this declaration where there is no model.
    pub is_first: bool,
    /// The first of all records by this model and declaration.
    pub is_declared: bool,
    /// The last of all records.
    pub is_last: bool,
    /// The day, in UTC.
    pub day: String,
    pub counts: String,
}

/// Keeps the counts of a resolution, as a row of its own.
pub async fn keep(session: &Session, by: By<'_>, whole: bool, counts: &str) -> Result<()> {
    let By { entity, model, settings, run } = by;
    let sql = include_str!("../queries/drift/keep.sql");
    session.execute(sql, &[&entity, &run, &model, &settings, &whole, &counts]).await.map(drop)
}

/// The number and the sum of the counts of parts of today, if there are any since everything was
/// resolved.
pub async fn today(session: &Session, by: By<'_>) -> Result<Option<(i64, String)>> {
    let sql = include_str!("../queries/drift/today.sql");
    let rows = session.rows(sql, &[&by.entity, &by.model, &by.settings]).await?;
    Ok(rows.first().map(|row| (row.get(0), row.get(1))))
}

/// Puts another sum in the place of one of parts.
pub async fn add(session: &Session, by: By<'_>, number: i64, counts: &str) -> Result<()> {
    let sql = include_str!("../queries/drift/add.sql");
    session.execute(sql, &[&by.entity, &number, &counts, &by.run]).await.map(drop)
}

/// Of the records in the temporary table `karat_changed`, by source and key, those that came or
/// were changed themselves since the last resolution.
pub async fn fresh(session: &Session, entity: &str) -> Result<Vec<(String, String)>> {
    let rows = session.rows(include_str!("../queries/drift/fresh.sql"), &[&entity]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// The counts that are to be compared, in their order.
pub async fn read(session: &Session, by: By<'_>) -> Result<Vec<Kept>> {
    let sql = include_str!("../queries/drift/read.sql");
    let rows = session.rows(sql, &[&by.entity, &by.model, &by.settings]).await?;
    let kept = |row: &tokio_postgres::Row| Kept {
        whole: row.get("whole"),
        is_first: row.get("first"),
        is_declared: row.get("declared"),
        is_last: row.get("last"),
        day: row.get("day"),
        counts: row.get("counts"),
    };
    Ok(rows.iter().map(kept).collect())
}
