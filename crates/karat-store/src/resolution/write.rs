//! Identities and their history, and the record that a resolution was done.

use karat_record::Result;
use serde::Serialize;

use super::extent::Extent;
use super::read::State;
use crate::copy::ColumnType;
use crate::name::{Ident, Table, quoted};
use crate::session::Session;

/// The columns of `karat.membership`, in the order in which rows are encoded.
pub fn members_columns() -> Vec<(String, ColumnType)> {
    let text = ColumnType::Text(None);
    named([
        ("entity", text.clone()),
        ("source", text.clone()),
        ("key", text.clone()),
        ("id", ColumnType::Uuid),
        ("score", ColumnType::Int2),
        ("tier", text),
        ("weight", ColumnType::Float4),
    ])
}

/// The columns of `karat.evidence`, in the order in which rows are encoded.
pub fn evidence_columns() -> Vec<(String, ColumnType)> {
    let text = ColumnType::Text(None);
    named([
        ("entity", text.clone()),
        ("source_a", text.clone()),
        ("key_a", text.clone()),
        ("source_b", text.clone()),
        ("key_b", text.clone()),
        ("score", ColumnType::Int2),
        ("tier", text.clone()),
        ("tiers", ColumnType::TextArray),
        ("verdict", text.clone()),
        ("reason", text),
        ("weight", ColumnType::Float4),
    ])
}

fn named<const N: usize>(columns: [(&str, ColumnType); N]) -> Vec<(String, ColumnType)> {
    columns.map(|(name, kind)| (name.to_owned(), kind)).into()
}

/// How identities changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Moves {
    /// Entities that are new, or are back.
    pub created: u64,
    /// Entities whose records all went elsewhere or are gone.
    pub retired: u64,
    /// Records that are in another entity than before.
    pub moved: u64,
}

/// Brings `karat.entity` to the memberships in the temporary table `wanted`, writes the history of
/// what that changes, and moves the records that have another entity than before; to be called
/// before the memberships themselves are synced.
pub async fn identities(
    session: &Session,
    entity: &str,
    (extent, wanted): (Extent, &str),
) -> Result<Moves> {
    let wanted = Ident(wanted).to_string();
    let step = |sql: &str| extent.of(sql).replace("wanted_members", &wanted);
    if extent == Extent::Part {
        let ids = step(include_str!("../../queries/resolution/part_ids.sql"));
        session.batch("create temp table karat_ids (id uuid) on commit drop").await?;
        session.execute(&ids, &[&entity]).await?;
        session.batch("analyze karat_ids").await?;
    }
    let moved = step(include_str!("../../queries/resolution/moved.sql"));
    let moved = session.execute(&moved, &[&entity]).await?;
    let removed = step(include_str!("../../queries/resolution/removed.sql"));
    session.execute(&removed, &[&entity]).await?;
    let created = step(include_str!("../../queries/resolution/created.sql"));
    let created = session.execute(&created, &[&entity]).await?;
    let retired = step(include_str!("../../queries/resolution/retired.sql"));
    let retired = session.execute(&retired, &[&entity]).await?;
    if moved > 0 {
        let settle = step(include_str!("../../queries/resolution/settle.sql"));
        session.execute(&settle, &[&entity]).await?;
    }
    Ok(Moves { created, retired, moved })
}

/// Tells the planner how large these tables are now: what follows touches a few of their rows.
pub async fn analyze(session: &Session) -> Result<()> {
    session.batch("analyze karat.membership, karat.entity, karat.evidence").await
}

/// What Karat publishes until the end of the transaction is not put on record as a change.
pub async fn publishing(session: &Session) -> Result<()> {
    session.batch("set local karat.publishing = 'on'").await
}

/// The condition that a row of a golden table is one of ours, and not put there by others.
pub fn ours(id: &str, entity: &str, extent: Extent) -> String {
    let (id, entity) = (Ident(id), quoted(entity));
    match extent {
        Extent::Whole => {
            format!("t.{id} in (select e.id from karat.entity e where e.entity = {entity})")
        }
        Extent::Part => format!("t.{id} in (select i.id from karat_ids i)"),
    }
}

/// Records what an entity was resolved from, and with what outcome.
pub async fn finish(
    session: &Session,
    entity: &str,
    state: &State,
    run: Option<i64>,
) -> Result<()> {
    let sql = include_str!("../../queries/resolution/finish.sql");
    let State { input, settings, golden, model, parted, summary } = state;
    let summary = summary.to_string();
    session
        .execute(sql, &[&entity, input, settings, golden, &run, &summary, model, parted])
        .await
        .map(drop)
}

/// Opens a row in a project's own log of resolutions, outside of the transaction that follows,
/// so that a failure is on record. Rows that a killed run left open are closed first.
pub async fn open_log(session: &Session, log: &Table, total: u64) -> Result<i64> {
    let abandoned = format!(
        "update {log} set status = 'failed', finished_at = clock_timestamp(), \
         error_message = 'the run was broken off' where status = 'running'"
    );
    session.execute(&abandoned, &[]).await?;
    let open = format!(
        "insert into {log} (started_at, total_processed, status) \
         values (clock_timestamp(), $1, 'running') returning id"
    );
    Ok(session.row(&open, &[&(total as i64)]).await?.get(0))
}

/// Closes a row of the log: with counts per tier when all went well, else with the reason.
pub async fn close_log(
    session: &Session,
    log: &Table,
    id: i64,
    outcome: Result<&serde_json::Value, &str>,
) -> Result<()> {
    let close = format!(
        "update {log} set status = $2, finished_at = clock_timestamp(), error_message = $3, \
         tier_counts = coalesce($4::text::jsonb, tier_counts) where id = $1"
    );
    let (status, error, counts) = match outcome {
        Ok(counts) => ("completed", None, Some(counts.to_string())),
        Err(error) => ("failed", Some(error), None),
    };
    session.execute(&close, &[&id, &status, &error, &counts]).await.map(drop)
}
