//! Requests that are answered once, however often they are asked under the same key.

use karat_record::Result;

use crate::session::Session;

/// Who asks under which key.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub account: i64,
    pub key: &'a str,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub kind: Option<String>,
    pub body: Vec<u8>,
}

/// What is known of a request under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nobody asked it before; it is asked now.
    New,
    /// It was answered.
    Answered(Answer),
    /// It was asked, and is not answered yet.
    Open,
    /// Something else was asked under this key.
    Another,
}

/// Begins to answer a request, of which the digest is `request`, unless it was asked before.
pub async fn begin(session: &Session, asked: Asked<'_>, request: &[u8]) -> Result<Known> {
    let Asked { account, key } = asked;
    let sql = include_str!("../queries/once/begin.sql");
    if session.execute(sql, &[&account, &key, &request]).await? > 0 {
        return Ok(Known::New);
    }
    let sql = include_str!("../queries/once/find.sql");
    let Some(row) = session.maybe_row(sql, &[&account, &key]).await? else {
        return Ok(Known::Open);
    };
    let (before, status): (&[u8], Option<i16>) = (row.get("request"), row.get("status"));
    Ok(match status {
        _ if before != request => Known::Another,
        None => Known::Open,
        Some(status) => Known::Answered(Answer {
            status: status.unsigned_abs(),
            kind: row.get("kind"),
            body: row.get::<_, Option<Vec<u8>>>("body").unwrap_or_default(),
        }),
    })
}

/// Keeps the answer to a request.
pub async fn end(session: &Session, asked: Asked<'_>, answer: &Answer) -> Result<()> {
    let Asked { account, key } = asked;
    let Answer { status, kind, body } = answer;
    let sql = include_str!("../queries/once/end.sql");
    let status = status.cast_signed();
    session.execute(sql, &[&account, &key, &status, kind, &body.as_slice()]).await.map(drop)
}

/// Forgets a request that came to nothing, so that it can be asked again.
pub async fn forget(session: &Session, asked: Asked<'_>) -> Result<()> {
    let Asked { account, key } = asked;
    let sql = include_str!("../queries/once/forget.sql");
    session.execute(sql, &[&account, &key]).await.map(drop)
}
