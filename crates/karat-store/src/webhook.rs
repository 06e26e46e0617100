//! Webhooks: programs that are told what happens.

use karat_record::Result;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::session::Session;

/// A program that is told what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Webhook {
    pub number: i64,
    pub url: String,
    /// What it is told; empty: everything.
    pub events: Vec<String>,
    pub made_by: Option<String>,
    /// In UTC.
    pub made_at: String,
    /// The last message to it.
    pub last: Option<Last>,
}

/// A message, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LastMessage)]
pub struct Last {
    /// The job that delivers it.
    pub job: i64,
    /// As of any job: `completed` where it was taken.
    pub state: String,
    pub error: Option<String>,
}

/// Puts a webhook on record; its number.
pub async fn add(
    session: &Session,
    (url, events): (&str, &[String]),
    secret: &[u8],
    by: &str,
) -> Result<i64> {
    let sql = include_str!("../queries/webhook/add.sql");
    session.begin().await?;
    let number = session.row(sql, &[&url, &events, &secret, &by]).await?.get(0);
    session.commit().await?;
    Ok(number)
}

/// The webhooks that have not ended.
pub async fn list(session: &Session) -> Result<Vec<Webhook>> {
    let rows = session.rows(include_str!("../queries/webhook/list.sql"), &[]).await?;
    Ok(rows.iter().map(webhook).collect())
}

fn webhook(row: &Row) -> Webhook {
    let last = |job| Last { job, state: row.get("state"), error: row.get("error") };
    Webhook {
        number: row.get("id"),
        url: row.get("url"),
        events: row.get("events"),
        made_by: row.get("made_by"),
        made_at: row.get("made_at"),
        last: row.get::<_, Option<i64>>("job").map(last),
    }
}

/// Where messages to a webhook go and what signs them; none where it has ended.
pub async fn find(session: &Session, number: i64) -> Result<Option<(String, Vec<u8>)>> {
    let row = session.maybe_row(include_str!("../queries/webhook/find.sql"), &[&number]).await?;
    Ok(row.map(|row| (row.get("url"), row.get("secret"))))
}

/// Ends a webhook; false where there is none.
pub async fn end(session: &Session, number: i64) -> Result<bool> {
    let sql = include_str!("../queries/webhook/end.sql");
    Ok(session.act_row(sql, &[&number]).await?.is_some())
}

/// Has a message delivered that tells nothing; the job. None where the webhook has ended.
pub async fn test(session: &Session, number: i64) -> Result<Option<i64>> {
    let row = session.act_row(include_str!("../queries/webhook/test.sql"), &[&number]).await?;
    Ok(row.map(|row| row.get(0)))
}
