//! Karat's own schema in the database, brought up to date by its own migrations.

use karat_record::{Kind, Problem, Result};

use crate::session::Session;

/// The migrations in order; position + 1 is the version they lead to. Never edited once
/// released: a later version appends.
const MIGRATIONS: [&str; 23] = [
    include_str!("../queries/own/0001_first.sql"),
    include_str!("../queries/own/0002_models.sql"),
    include_str!("../queries/own/0003_checks.sql"),
    include_str!("../queries/own/0004_segments.sql"),
    include_str!("../queries/own/0005_schema_changes.sql"),
    include_str!("../queries/own/0006_rejects.sql"),
    include_str!("../queries/own/0007_detection.sql"),
    include_str!("../queries/own/0008_objectives.sql"),
    include_str!("../queries/own/0009_incremental.sql"),
    include_str!("../queries/own/0010_review.sql"),
    include_str!("../queries/own/0011_history.sql"),
    include_str!("../queries/own/0012_audit.sql"),
    include_str!("../queries/own/0013_drift.sql"),
    include_str!("../queries/own/0014_account.sql"),
    include_str!("../queries/own/0015_jobs.sql"),
    include_str!("../queries/own/0016_upload.sql"),
    include_str!("../queries/own/0017_outputs.sql"),
    include_str!("../queries/own/0018_download.sql"),
    include_str!("../queries/own/0019_token.sql"),
    include_str!("../queries/own/0020_account_audit.sql"),
    include_str!("../queries/own/0021_quick_pages.sql"),
    include_str!("../queries/own/0022_webhook.sql"),
    include_str!("../queries/own/0023_quick_again.sql"),
];

/// The version of Karat's schema that this binary works with.
pub const VERSION: i32 = MIGRATIONS.len() as i32;

/// Brings the schema `karat` to this binary's version, in one transaction. The write lock must
/// be held.
///
/// # Errors
/// `Kind::Newer` when a later Karat has been here.
pub async fn prepare(session: &Session) -> Result<()> {
    let found = version(session).await?;
    check(found)?;
    if found == VERSION {
        return Ok(());
    }
    session.begin().await?;
    session.batch(include_str!("../queries/own/begin.sql")).await?;
    for (i, migration) in MIGRATIONS.iter().enumerate().skip(found as usize) {
        session.batch(migration).await?;
        let number = i as i32 + 1;
        session.execute(include_str!("../queries/own/record.sql"), &[&number]).await?;
    }
    session.commit().await
}

/// Whether Karat's schema is there and of this version; nothing is changed.
///
/// # Errors
/// `Kind::Newer` when a later Karat has been here.
pub async fn is_ready(session: &Session) -> Result<bool> {
    let found = version(session).await?;
    check(found)?;
    Ok(found == VERSION)
}

/// 0 when Karat has never been here.
async fn version(session: &Session) -> Result<i32> {
    let known: bool = session.row(include_str!("../queries/own/exists.sql"), &[]).await?.get(0);
    if !known {
        return Ok(0);
    }
    Ok(session.row(include_str!("../queries/own/version.sql"), &[]).await?.get(0))
}

fn check(found: i32) -> Result<()> {
    if found <= VERSION {
        return Ok(());
    }
    let what = format!(
        "this database was last used by a newer Karat (its schema is version {found}, this \
         binary knows {VERSION})"
    );
    Err(Problem::new(Kind::Newer, what).hint("install the newer Karat; nothing was changed"))
}
