//! What people say golden fields are, instead of what their rules choose.

use karat_record::Result;
use serde::Serialize;
use tokio::sync::mpsc::Receiver;
use utoipa::ToSchema;

use crate::copy::{Chunk, copy_in};
use crate::name::{Ident, Table, quoted};
use crate::resolution::Uuid;
use crate::session::Session;

/// What a person says about a golden field of an entity.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    pub entity: &'a str,
    pub id: &'a str,
    pub field: &'a str,
    /// As they were typed, or cleaned where they are kept; none where the field has no value.
    pub values: &'a [String],
    pub author: &'a str,
    pub reason: Option<&'a str>,
}

/// An override in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Override {
    /// The entity of today that it is honoured in.
    #[serde(skip)]
    pub home: [u8; 16],
    #[serde(rename = "decision")]
    pub number: i64,
    /// The id that it was said of, which leads to its home.
    pub id: String,
    #[serde(skip)]
    pub field: String,
    pub values: Vec<String>,
    pub author: String,
    /// UTC, to the minute.
    pub at: String,
    pub reason: Option<String>,
}

/// Puts what a person says on record; the number of the decision.
pub async fn set(session: &Session, said: &Said<'_>) -> Result<i64> {
    let Said { entity, id, field, values, author, reason } = said;
    let sql = include_str!("../queries/override/set.sql");
    session.begin().await?;
    let row = session.row(sql, &[entity, id, field, values, author, reason]).await?;
    session.commit().await?;
    Ok(row.get(0))
}

/// Takes one back; false where there is none of this number in force.
pub async fn undo(session: &Session, (entity, author): (&str, &str), number: i64) -> Result<bool> {
    let sql = include_str!("../queries/override/undo.sql");
    Ok(session.act(sql, &[&entity, &number, &author]).await? > 0)
}

/// The overrides of an entity's golden records, the last first: of several of one field and home
/// the first counts. Those of ids that lead nowhere wait and are left out.
pub async fn in_force(session: &Session, entity: &str) -> Result<Vec<Override>> {
    let sql = include_str!("../queries/override/in_force.sql");
    let rows = session.rows(sql, &[&entity]).await?;
    let one = |row: &tokio_postgres::Row| Override {
        home: row.get::<_, Uuid>("home").0,
        number: row.get("id"),
        id: row.get("of_id"),
        field: row.get("field"),
        values: row.get("values"),
        author: row.get("decided_by"),
        at: row.get("at"),
        reason: row.get("reason"),
    };
    Ok(rows.iter().map(one).collect())
}

/// Remembers until the end of the open transaction where the overrides of an entity are honoured.
pub async fn remember_homes(session: &Session, entity: &str) -> Result<()> {
    session.batch("create temp table karat_homes (id bigint, home uuid) on commit drop").await?;
    let sql = include_str!("../queries/override/homes.sql");
    session.execute(sql, &[&entity]).await.map(drop)
}

/// Whether, since they were remembered, an override has left an entity that is not of the part
/// being resolved.
pub async fn have_strayed(session: &Session) -> Result<bool> {
    Ok(session.row(include_str!("../queries/override/strayed.sql"), &[]).await?.get(0))
}

/// Has a golden table take an encoded value for a column of one row, and takes that back.
///
/// # Errors
/// What the server has against it: a check, a reference, a unique column, a null.
pub async fn try_out(
    session: &Session,
    (table, id_column, id): (&Table, &str, &str),
    column: &str,
    value: Receiver<Chunk>,
) -> Result<()> {
    session.begin().await?;
    let tried = tried(session, (table, id_column, id), column, value).await;
    session.rollback().await?;
    tried
}

async fn tried(
    session: &Session,
    (table, id_column, id): (&Table, &str, &str),
    column: &str,
    value: Receiver<Chunk>,
) -> Result<()> {
    let (column, id_column) = (Ident(column), Ident(id_column));
    let trial =
        format!("create temp table karat_trial as select {column} from {table} with no data");
    session.batch(&trial).await?;
    copy_in(session, "copy karat_trial from stdin (format binary)", value).await?;
    let update = format!(
        "update {table} t set {column} = w.{column} from karat_trial w where t.{id_column} = {}",
        quoted(id)
    );
    session.execute(&update, &[]).await.map(drop)
}
