//! Models that were learned or imported. The last of an entity is in force; the others stay as its
//! history.

use karat_record::Result;

use crate::session::Session;

/// Where a model is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Learned because a resolution needed one.
    Resolve,
    /// Learned on request.
    Train,
    /// From a file.
    Import,
}

/// The model in force: its number and its text (JSON).
pub async fn latest(session: &Session, entity: &str) -> Result<Option<(i64, String)>> {
    let sql = include_str!("../queries/model/latest.sql");
    let row = session.maybe_row(sql, &[&entity]).await?;
    Ok(row.map(|row| (row.get(0), row.get(1))))
}

/// Keeps a model and puts it in force; its number.
pub async fn keep(
    session: &Session,
    entity: &str,
    (origin, run): (Origin, Option<i64>),
    model: &str,
) -> Result<i64> {
    let origin = match origin {
        Origin::Resolve => "resolve",
        Origin::Train => "train",
        Origin::Import => "import",
    };
    let sql = include_str!("../queries/model/keep.sql");
    Ok(session.row(sql, &[&entity, &run, &origin, &model]).await?.get(0))
}
