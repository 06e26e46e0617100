//! The keys that links to outputs are signed with.

use karat_record::Result;

use crate::session::Session;

/// A key: what links call it, and what nobody else knows.
pub struct Key {
    pub id: i64,
    pub secret: Vec<u8>,
}

/// The key that signs; the first that is asked for makes one.
pub async fn signing_key(session: &Session) -> Result<Key> {
    let newest = include_str!("../../queries/output/newest_key.sql");
    let row = match session.maybe_row(newest, &[]).await? {
        Some(row) => row,
        None => session.row(include_str!("../../queries/output/new_key.sql"), &[]).await?,
    };
    Ok(Key { id: row.get(0), secret: row.get(1) })
}

/// The secret of a key, if it is good at a moment, in seconds since 1970.
pub async fn key(session: &Session, id: i64, now: i64) -> Result<Option<Vec<u8>>> {
    let sql = include_str!("../../queries/output/key.sql");
    Ok(session.maybe_row(sql, &[&id, &now]).await?.map(|row| row.get(0)))
}

/// Has all keys end at a moment, in seconds since 1970; how many that changed.
pub async fn retire_keys(session: &Session, at: i64) -> Result<u64> {
    session.act(include_str!("../../queries/output/retire_keys.sql"), &[&at]).await
}
