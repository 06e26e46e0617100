//! Which dataset people chose for files with a header, where detection did not know.

use karat_record::Result;
use serde::Serialize;

use crate::session::Session;

/// A choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The digest of the header.
    pub header: String,
    pub dataset: String,
    /// How often it was chosen.
    pub times: i64,
    /// When it was chosen last.
    pub chosen_at: String,
    /// The command by which.
    pub command: String,
}

/// The choices for any of these headers, by their digests.
pub async fn choices(session: &Session, headers: &[String]) -> Result<Vec<Choice>> {
    let sql = include_str!("../queries/detection/choices.sql");
    let rows = session.rows(sql, &[&headers]).await?;
    let choice = |row: &tokio_postgres::Row| Choice {
        header: row.get("header"),
        dataset: row.get("dataset"),
        times: row.get("times"),
        chosen_at: row.get("chosen_at"),
        command: row.get("command"),
    };
    Ok(rows.iter().map(choice).collect())
}

/// Remembers a choice; `names` are what the header's digest is of.
pub async fn choose(
    session: &Session,
    (header, names): (&str, &[String]),
    dataset: &str,
    command: &str,
) -> Result<()> {
    let sql = include_str!("../queries/detection/choose.sql");
    session.execute(sql, &[&header, &dataset, &names, &command]).await?;
    Ok(())
}

/// Forgets the choices for these headers; how many there were.
pub async fn forget(session: &Session, headers: &[String]) -> Result<u64> {
    session.execute(include_str!("../queries/detection/forget.sql"), &[&headers]).await
}
