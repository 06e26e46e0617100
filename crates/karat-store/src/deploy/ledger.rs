//! The ledger: which statement was deployed for which object, and what the catalogue showed
//! then.

use std::collections::BTreeMap;

use karat_record::Result;

use crate::schema::Statement;
use crate::session::Session;

/// An entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub fingerprint: String,
    pub file: String,
    pub kind: String,
    /// The definition in the catalogue right after the deployment.
    pub live: Option<String>,
}

/// Deployed objects by identity, and applied migrations by file with their fingerprints.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub objects: BTreeMap<String, Entry>,
    pub migrations: BTreeMap<String, String>,
    /// Whether something was deployed here before.
    pub begun: bool,
}

impl Ledger {
    /// Reads the ledger; empty when Karat has never been here.
    pub async fn read(session: &Session, known: bool) -> Result<Ledger> {
        if !known {
            return Ok(Ledger::default());
        }
        let objects = session.rows(include_str!("../../queries/ledger/objects.sql"), &[]).await?;
        let objects = objects.iter().map(|row| {
            let entry = Entry {
                fingerprint: row.get(1),
                file: row.get(2),
                kind: row.get(3),
                live: row.get(4),
            };
            (row.get(0), entry)
        });
        let sql = include_str!("../../queries/ledger/migrations.sql");
        let migrations = session.rows(sql, &[]).await?;
        let migrations: BTreeMap<String, String> =
            migrations.iter().map(|row| (row.get(0), row.get(1))).collect();
        let objects: BTreeMap<String, Entry> = objects.collect();
        Ok(Ledger { begun: !objects.is_empty() || !migrations.is_empty(), objects, migrations })
    }
}

/// The name under which a statement stands in the ledger. Of grants and the like there may be
/// several on one object, told apart by what they say.
pub fn identity(statement: &Statement) -> String {
    if statement.object.kind.several() {
        format!("{} [{}]", statement.object, &statement.fingerprint[..12])
    } else {
        statement.object.to_string()
    }
}

/// Writes an entry.
pub async fn record(session: &Session, statement: &Statement, deployment: i64) -> Result<()> {
    let sql = include_str!("../../queries/ledger/record.sql");
    session
        .execute(
            sql,
            &[
                &identity(statement),
                &statement.object.kind.noun(),
                &statement.fingerprint,
                &statement.text,
                &statement.path,
                &deployment,
            ],
        )
        .await
        .map(drop)
}

/// Remembers how the catalogue shows an object.
pub async fn remember(session: &Session, identity: &str, live: &str) -> Result<()> {
    let sql = include_str!("../../queries/ledger/remember.sql");
    session.execute(sql, &[&identity, &live]).await.map(drop)
}

/// Forgets an object that is neither declared nor live.
pub async fn forget(session: &Session, identity: &str) -> Result<()> {
    let sql = include_str!("../../queries/ledger/forget.sql");
    session.execute(sql, &[&identity]).await.map(drop)
}

/// Records a migration as applied, or as not needed.
pub async fn record_migration(
    session: &Session,
    file: &str,
    fingerprint: &str,
    skipped: bool,
    deployment: i64,
) -> Result<()> {
    let sql = include_str!("../../queries/ledger/record_migration.sql");
    session.execute(sql, &[&file, &fingerprint, &skipped, &deployment]).await.map(drop)
}

/// Puts the beginning of a deployment on record.
pub async fn open(session: &Session) -> Result<i64> {
    Ok(session.row(include_str!("../../queries/ledger/open.sql"), &[]).await?.get(0))
}

/// Puts its end on record.
pub async fn close(
    session: &Session,
    deployment: i64,
    error: Option<&str>,
    report: &serde_json::Value,
) -> Result<()> {
    let sql = include_str!("../../queries/ledger/close.sql");
    let status = if error.is_none() { "success" } else { "failed" };
    session.execute(sql, &[&deployment, &status, &error, &report.to_string()]).await.map(drop)
}
