//! People who use the pages: their accounts, sessions, and the links that invite them.

use karat_record::Result;
use tokio_postgres::Row;

use crate::session::Session;

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: i64,
    pub name: String,
    /// `viewer`, `operator` or `admin`.
    pub role: String,
}

/// An account in the list of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub account: Account,
    pub created_by: Option<String>,
    /// Days and times are UTC.
    pub created: String,
    pub seen: Option<String>,
    pub is_disabled: bool,
    pub is_locked: bool,
}

/// What an attempt to sign in is measured by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub id: i64,
    /// The hash of the right password.
    pub password: String,
}

/// What a link is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    pub role: String,
    /// The account that gets a new password; none where the link makes one.
    pub name: Option<String>,
}

/// Whether anybody can administer.
pub async fn any(session: &Session) -> Result<bool> {
    Ok(session.row(include_str!("../queries/account/any.sql"), &[]).await?.get(0))
}

/// Counts an attempt to sign in, as a failure so far; none where the account is not there, is
/// disabled, or is locked.
pub async fn attempt(session: &Session, name: &str) -> Result<Option<Attempt>> {
    let row = session.act_row(include_str!("../queries/account/try.sql"), &[&name]).await?;
    Ok(row.map(|row| Attempt { id: row.get(0), password: row.get(1) }))
}

/// Counts an attempt under a name that nobody has.
pub async fn stranger(session: &Session, name: &str) -> Result<()> {
    session.execute(include_str!("../queries/account/stranger.sql"), &[&name]).await.map(drop)
}

/// For how many seconds nobody comes in by this name.
pub async fn locked(session: &Session, name: &str) -> Result<Option<i64>> {
    let row = session.maybe_row(include_str!("../queries/account/locked.sql"), &[&name]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// Begins a session; `digest` is of what the browser keeps. False where the account is disabled.
pub async fn enter(
    session: &Session,
    account: i64,
    (digest, agent): (&[u8], Option<&str>),
) -> Result<bool> {
    let sql = include_str!("../queries/account/enter.sql");
    Ok(session.act(sql, &[&account, &digest, &agent]).await? > 0)
}

/// Whose session it is, unless it has ended.
pub async fn who(session: &Session, digest: &[u8]) -> Result<Option<Account>> {
    let Some(row) =
        session.maybe_row(include_str!("../queries/account/who.sql"), &[&digest]).await?
    else {
        return Ok(None);
    };
    if row.get("stale") {
        session.execute(include_str!("../queries/account/seen.sql"), &[&digest]).await?;
    }
    Ok(Some(account(&row)))
}

/// Ends a session.
pub async fn leave(session: &Session, digest: &[u8]) -> Result<()> {
    session.execute(include_str!("../queries/account/leave.sql"), &[&digest]).await.map(drop)
}

/// Makes the link for the first admin.
pub async fn invite_first(session: &Session, digest: &[u8]) -> Result<()> {
    session.act(include_str!("../queries/account/invite_first.sql"), &[&digest]).await.map(drop)
}

/// Makes a link, for a new account of a role or for an account that is there. False where it is not.
pub async fn invite(
    session: &Session,
    digest: &[u8],
    (role, account): (&str, Option<i64>),
    by: &str,
) -> Result<bool> {
    let sql = include_str!("../queries/account/invite.sql");
    Ok(session.act(sql, &[&digest, &role, &account, &by]).await? > 0)
}

/// What a link is good for; none where it was used, has ended, or never was.
pub async fn invited(session: &Session, digest: &[u8]) -> Result<Option<Invited>> {
    let row = session.maybe_row(include_str!("../queries/account/invited.sql"), &[&digest]).await?;
    Ok(row.map(|row| Invited { role: row.get(0), name: row.get(1) }))
}

/// Uses a link, on behalf of whom it lets in; the account. None where it cannot be used any more.
///
/// # Errors
/// A name that somebody has already.
pub async fn accept(
    session: &Session,
    digest: &[u8],
    (name, password): (&str, &str),
) -> Result<Option<i64>> {
    let sql = include_str!("../queries/account/accept.sql");
    session.begin().await?;
    session.execute(include_str!("../queries/account/as.sql"), &[&name]).await?;
    let row = session.maybe_row(sql, &[&digest, &name, &password]).await;
    match row {
        Ok(row) => {
            session.commit().await?;
            Ok(row.map(|row| row.get(0)))
        }
        Err(problem) => {
            session.rollback().await?;
            Err(problem)
        }
    }
}

/// All accounts, by name.
pub async fn list(session: &Session) -> Result<Vec<Listed>> {
    let rows = session.rows(include_str!("../queries/account/list.sql"), &[]).await?;
    let one = |row: &Row| Listed {
        account: account(row),
        created_by: row.get("created_by"),
        created: row.get("created"),
        seen: row.get("seen"),
        is_disabled: row.get("is_disabled"),
        is_locked: row.get("is_locked"),
    };
    Ok(rows.iter().map(one).collect())
}

/// Gives an account a role, or disables it where there is none, and ends its sessions then. False
/// where it is the last admin, or not there.
pub async fn change(session: &Session, account: i64, role: Option<&str>) -> Result<bool> {
    let sql = include_str!("../queries/account/change.sql");
    Ok(session.act_row(sql, &[&account, &role]).await?.is_some())
}

fn account(row: &Row) -> Account {
    Account { id: row.get("id"), name: row.get("name"), role: row.get("role") }
}
