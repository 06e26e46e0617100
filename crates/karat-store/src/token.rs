//! What programs show instead of a password.

use karat_record::Result;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::account::Account;
use crate::session::Session;

/// A token that has not ended. Times are in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Token {
    pub number: i64,
    /// Whose it is.
    pub account: String,
    pub name: String,
    /// What it allows at most: `viewer`, `operator` or `admin`.
    pub role: String,
    pub created_at: String,
    pub ends_at: String,
    /// To a minute; none of one that was never used.
    pub used_at: Option<String>,
}

/// Puts a token on record; its number. None where the account is disabled or not there.
pub async fn add(
    session: &Session,
    digest: &[u8],
    (account, name, role): (i64, &str, &str),
    days: i32,
) -> Result<Option<i64>> {
    let sql = include_str!("../queries/token/add.sql");
    let row = session.maybe_row(sql, &[&digest, &account, &name, &role, &days]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// The tokens of an account, or of all, the last first.
pub async fn list(session: &Session, account: Option<i64>) -> Result<Vec<Token>> {
    let rows = session.rows(include_str!("../queries/token/list.sql"), &[&account]).await?;
    let token = |row: &Row| Token {
        number: row.get("id"),
        account: row.get("account"),
        name: row.get("name"),
        role: row.get("role"),
        created_at: row.get("created_at"),
        ends_at: row.get("ends_at"),
        used_at: row.get("used_at"),
    };
    Ok(rows.iter().map(token).collect())
}

/// Ends a token, of an account where one is given; false where there is none.
pub async fn revoke(session: &Session, number: i64, account: Option<i64>) -> Result<bool> {
    let sql = include_str!("../queries/token/revoke.sql");
    Ok(session.act(sql, &[&number, &account]).await? > 0)
}

/// Whose token it is and the role that it allows at most; none where it has ended or never was.
pub async fn who(session: &Session, digest: &[u8]) -> Result<Option<(Account, String)>> {
    let sql = include_str!("../queries/token/who.sql");
    let Some(row) = session.maybe_row(sql, &[&digest]).await? else { return Ok(None) };
    if row.get("stale") {
        session.execute(include_str!("../queries/token/used.sql"), &[&digest]).await?;
    }
    let account = Account { id: row.get("id"), name: row.get("name"), role: row.get("role") };
    Ok(Some((account, row.get("at_most"))))
}
