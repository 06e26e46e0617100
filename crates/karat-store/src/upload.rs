//! Files that people handed over, and what became of them.

use karat_record::Result;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::queue::{self, Order};
use crate::session::Session;
use crate::status::When;

/// A file that somebody handed over.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Upload {
    pub id: i64,
    pub sha256: String,
    /// As it was called where it came from.
    pub name: String,
    pub bytes: u64,
    pub by: String,
    pub at: When,
    /// Where its rows go; none as long as nobody has said.
    pub dataset: Option<String>,
    /// The job that brings them there, and its state.
    pub job: Option<(i64, String)>,
    /// How often these bytes came.
    pub times: u64,
}

/// Puts a file on record; its number.
pub async fn add(
    session: &Session,
    (sha256, name, bytes): (&str, &str, u64),
    by: &str,
) -> Result<i64> {
    let sql = include_str!("../queries/upload/add.sql");
    Ok(session.row(sql, &[&sha256, &name, &bytes.cast_signed(), &by]).await?.get(0))
}

/// What became of a file that is to be processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Processed {
    /// By this new job.
    New(i64),
    /// These bytes were handed to this job before.
    Before(i64),
}

/// Has a job bring the rows of an upload where they belong. Bytes that were handed to a job before
/// are not handed to another one, unless that is asked for with `again`.
pub async fn process(
    session: &Session,
    upload: &Upload,
    (dataset, order): (&str, &Order),
    again: bool,
) -> Result<Processed> {
    session.begin().await?;
    let processed = decide(session, upload, (dataset, order), again).await;
    match processed {
        Ok(_) => session.commit().await?,
        Err(_) => session.rollback().await?,
    }
    processed
}

async fn decide(
    session: &Session,
    upload: &Upload,
    (dataset, order): (&str, &Order),
    again: bool,
) -> Result<Processed> {
    let sha256 = &upload.sha256;
    session.row(include_str!("../queries/upload/alone.sql"), &[sha256]).await?;
    let before = include_str!("../queries/upload/before.sql");
    let processed = match session.maybe_row(before, &[sha256, &dataset]).await? {
        Some(row) if !again => Processed::Before(row.get("job")),
        _ => Processed::New(queue::enqueue(session, order).await?.job()),
    };
    let (Processed::New(job) | Processed::Before(job)) = processed;
    let sql = include_str!("../queries/upload/process.sql");
    session.execute(sql, &[&upload.id, &dataset, &job]).await?;
    Ok(processed)
}

/// So many uploads, the last first; those before a number where one is given.
pub async fn list(session: &Session, before: Option<i64>, limit: u32) -> Result<Vec<Upload>> {
    listed(session, (before, None), limit).await
}

/// An upload by its number.
pub async fn find(session: &Session, number: i64) -> Result<Option<Upload>> {
    Ok(listed(session, (None, Some(number)), 1).await?.pop())
}

async fn listed(
    session: &Session,
    (before, number): (Option<i64>, Option<i64>),
    limit: u32,
) -> Result<Vec<Upload>> {
    let sql = include_str!("../queries/upload/list.sql");
    let rows = session.rows(sql, &[&before, &number, &i64::from(limit)]).await?;
    let upload = |row: &Row| Upload {
        id: row.get("id"),
        sha256: row.get("sha256"),
        name: row.get("name"),
        bytes: row.get::<_, i64>("bytes").cast_unsigned(),
        by: row.get("uploaded_by"),
        at: When { at: row.get("at"), age: row.get("age") },
        dataset: row.get("dataset"),
        job: row.get::<_, Option<i64>>("job").zip(row.get("state")),
        times: row.get::<_, i64>("times").cast_unsigned(),
    };
    Ok(rows.iter().map(upload).collect())
}
