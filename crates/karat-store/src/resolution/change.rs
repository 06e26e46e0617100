//! What changed since an entity was resolved.

use karat_record::Result;

use crate::session::Session;

/// A point in time of the database: what was committed before it.
#[derive(Clone, Debug)]
pub struct Mark(String);

/// Changes on record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// How many; one record may have several.
    pub changes: u64,
    /// Any row of some table may have changed.
    pub all: bool,
}

/// The present point in time.
pub async fn mark(session: &Session) -> Result<Mark> {
    Ok(Mark(session.row("select pg_current_snapshot()::text", &[]).await?.get(0)))
}

/// The changes of an entity's tables and decisions that were made before a point in time.
pub async fn pending(session: &Session, entity: &str, mark: &Mark) -> Result<Pending> {
    let sql = include_str!("../../queries/resolution/pending.sql");
    let row = session.row(sql, &[&entity, &mark.0]).await?;
    Ok(Pending { changes: row.get::<_, i64>(0) as u64, all: row.get(1) })
}

/// Makes the temporary table `karat_changed` of the records that changed before a point in time,
/// and of the members of entities whose golden rows did; gone at the end of the transaction.
pub async fn changed(session: &Session, entity: &str, mark: &Mark) -> Result<()> {
    let make = "create temp table karat_changed (source text, key text) on commit drop";
    session.batch(make).await?;
    let sql = include_str!("../../queries/resolution/changed.sql");
    session.execute(sql, &[&entity, &mark.0]).await?;
    session.batch("analyze karat_changed").await
}

/// Takes the changes before a point in time off the record, in the transaction that publishes
/// what followed from them.
pub async fn settle(session: &Session, entity: &str, mark: &Mark) -> Result<()> {
    let sql = include_str!("../../queries/resolution/settle_changes.sql");
    session.execute(sql, &[&entity, &mark.0]).await.map(drop)
}
