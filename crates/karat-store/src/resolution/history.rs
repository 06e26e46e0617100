//! What happened to an entity, and who was in it at a moment.

use karat_record::Result;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::check::Clock;
use crate::session::Session;

/// Where an id stands today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Standing {
    pub id: String,
    pub entity: String,
    pub retired: bool,
    /// The id that it leads to: itself, or the one that goes on; none where none does.
    pub current_id: Option<String>,
}

/// Something that happened to an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Event {
    /// In UTC; none of a record that joined before that was kept.
    pub at: Option<String>,
    pub id: String,
    pub run: Option<i64>,
    /// `created`, `joined`, `left`, `merged`, `split`, `retired` or `revived`.
    pub event: String,
    /// The record, of joined and left.
    pub source: Option<String>,
    pub key: Option<String>,
    /// Where it came from or went to, what goes on, or what split off.
    pub other: Option<String>,
    /// The evidence that holds a record that joined, or held it until it left.
    pub score: Option<i16>,
    pub tier: Option<String>,
    pub decision: Option<Decided>,
}

/// A person's decision behind an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Decided {
    pub id: i64,
    /// `same` or `different`.
    pub verdict: String,
    /// Whether it was taken back.
    pub undone: bool,
    pub by: String,
    pub reason: Option<String>,
}

/// Where an id stands; none where it was never published.
pub async fn standing(session: &Session, id: &str) -> Result<Option<Standing>> {
    let sql = include_str!("../../queries/resolution/standing.sql");
    let row = session.maybe_row(sql, &[&id]).await?;
    Ok(row.map(|row| Standing {
        id: row.get(0),
        entity: row.get(1),
        retired: row.get(2),
        current_id: row.get(3),
    }))
}

/// The events of an entity and, where it is retired, of those that continue it.
pub async fn events(session: &Session, entity: &str, id: &str) -> Result<Vec<Event>> {
    let sql = include_str!("../../queries/resolution/events.sql");
    let rows = session.rows(sql, &[&entity, &id]).await?;
    Ok(rows.iter().map(event).collect())
}

fn event(row: &Row) -> Event {
    let decided = |id: i64| Decided {
        id,
        verdict: row.get("verdict"),
        undone: row.get("undone"),
        by: row.get("decided_by"),
        reason: row.get("reason"),
    };
    Event {
        at: row.get("at"),
        id: row.get("id"),
        run: row.get("run"),
        event: row.get("event"),
        source: row.get("source"),
        key: row.get("key"),
        other: row.get("other"),
        score: row.get("score"),
        tier: row.get("tier"),
        decision: row.get::<_, Option<i64>>("decision").map(decided),
    }
}

/// The records of an entity at a moment, by source and key.
pub async fn members_at(session: &Session, id: &str, at: &Clock) -> Result<Vec<(String, String)>> {
    let sql = include_str!("../../queries/resolution/members_at.sql");
    let rows = session.rows(sql, &[&id, &at.0]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}
