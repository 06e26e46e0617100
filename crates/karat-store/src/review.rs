//! Pairs that wait for a person, and what people decided.

use karat_record::Result;
use serde::Serialize;

use crate::session::Session;

/// A pair to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    pub entity: String,
    /// Source and key.
    pub a: (String, String),
    pub b: (String, String),
    pub score: i16,
    pub tier: String,
    pub reason: String,
}

/// Two records of an entity, the smaller one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub entity: String,
    pub a: (String, String),
    pub b: (String, String),
}

/// What a person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Same,
    Different,
    /// Takes the last decision back.
    Undone,
}

/// How many pairs wait, and the first of them by score.
pub async fn list(session: &Session, entity: Option<&str>, limit: u32) -> Result<(u64, Vec<Pair>)> {
    let sql = include_str!("../queries/review/list.sql");
    let rows = session.rows(sql, &[&entity, &i64::from(limit)]).await?;
    let total = rows.first().map_or(0, |row| row.get::<_, i64>("total") as u64);
    let pair = |row: &tokio_postgres::Row| Pair {
        entity: row.get("entity"),
        a: (row.get("source_a"), row.get("key_a")),
        b: (row.get("source_b"), row.get("key_b")),
        score: row.get("score"),
        tier: row.get("tier"),
        reason: row.get("reason"),
    };
    Ok((total, rows.iter().map(pair).collect()))
}

/// Puts a decision on record; false when there was none to take back.
pub async fn decide(
    session: &Session,
    key: &Key,
    verdict: Verdict,
    author: &str,
    reason: Option<&str>,
) -> Result<bool> {
    let word = match verdict {
        Verdict::Same => "same",
        Verdict::Different => "different",
        Verdict::Undone => {
            let sql = include_str!("../queries/review/undo.sql");
            let pair = [&key.entity, &key.a.0, &key.a.1, &key.b.0, &key.b.1];
            let [entity, a, key_a, b, key_b] = pair;
            return Ok(session.execute(sql, &[entity, a, key_a, b, key_b]).await? > 0);
        }
    };
    let sql = include_str!("../queries/review/decide.sql");
    let (a, b) = (&key.a, &key.b);
    session.execute(sql, &[&key.entity, &a.0, &a.1, &b.0, &b.1, &word, &author, &reason]).await?;
    Ok(true)
}
