//! The audit: tables whose changes are put on record with who made them, and what is on record.

use karat_record::{Kind, Problem, Result};
use serde::Serialize;
use serde_json::Value as Json;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::name::{Ident, Table, quoted};
use crate::resolution::key_text;
use crate::session::Session;
use crate::trigger::Triggers;

/// A table whose changes are to be put on record, or no more.
#[derive(Clone, Debug)]
pub struct Audited<'a> {
    pub table: &'a Table,
    /// What tells its rows apart.
    pub key: Vec<String>,
    pub extent: Extent,
}

/// Which changes are put on record row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All, but for the rows that Karat makes in large numbers.
    Golden,
    /// Those that Karat does not make itself; of its own the number of rows.
    Dataset,
    /// None.
    Nothing,
}

impl Audited<'_> {
    /// What its triggers call; empty where it shall have none.
    fn call(&self) -> String {
        let whose = match self.extent {
            Extent::Golden => "golden",
            Extent::Dataset => "dataset",
            Extent::Nothing => return String::new(),
        };
        format!("karat.note_audit({}, '{whose}')", quoted(&key_text("", &self.key)))
    }
}

/// A table whose changes cannot be put on record, and why.
pub type Refused = (String, Problem);

/// Has the changes of these tables put on record from now on, whoever makes them; tables that are
/// not there yet are left out. Those that the server does not let us have come back: a view, a
/// table of others, or one that is in use for longer than we wait.
pub async fn keep(session: &Session, tables: &[Audited<'_>]) -> Result<Vec<Refused>> {
    let names: Vec<String> = tables.iter().map(|audited| audited.table.to_string()).collect();
    let calls: Vec<String> = tables.iter().map(Audited::call).collect();
    let lacking = include_str!("../queries/audit/lacking.sql");
    let mut refused = Vec::new();
    for row in session.rows(lacking, &[&names, &calls]).await? {
        let (at, name): (i64, String) = (row.get(0), row.get(1));
        let at = at as usize - 1;
        session.begin().await?;
        match renew(session, (tables[at].table, &name), &calls[at]).await {
            Ok(()) => session.commit().await?,
            Err(problem) if problem.kind == Kind::Lost => return Err(problem),
            Err(problem) => {
                session.rollback().await?;
                refused.push((names[at].clone(), problem));
            }
        }
    }
    Ok(refused)
}

async fn renew(session: &Session, (table, name): (&Table, &str), call: &str) -> Result<()> {
    session.batch("set local lock_timeout = '5s'").await?;
    let present = include_str!("../queries/audit/present.sql");
    for row in session.rows(present, &[&table.to_string()]).await? {
        let old: String = row.get(0);
        session.batch(&format!("drop trigger {} on {table}", Ident(&old))).await?;
    }
    if call.is_empty() {
        return Ok(());
    }
    let triggers = Triggers { table, name, call, when: "", sees_truncated: true };
    for statement in triggers.statements() {
        session.batch(&statement).await?;
    }
    Ok(())
}

/// A change on record.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Entry {
    pub number: i64,
    /// In UTC.
    pub at: String,
    /// As whom the session logged in, and the role that it took.
    pub login: String,
    pub role: Option<String>,
    /// For whom it was made, as the session said.
    pub person: Option<String>,
    /// `cli`, `run`, or what the session said; `sql` where it said nothing.
    pub interface: String,
    pub application: Option<String>,
    pub run: Option<i64>,
    pub table: String,
    /// `insert`, `update`, `delete` or `truncate`.
    pub operation: String,
    pub key: Option<String>,
    /// The row, or of an update the columns that changed, before and after.
    #[schema(value_type = Json)]
    pub before: Option<Json>,
    #[schema(value_type = Json)]
    pub after: Option<Json>,
    /// The number of rows, of a statement whose rows are not listed.
    pub counted: Option<i64>,
}

/// Which changes are asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    /// As SCHEMA.NAME; without a schema it is `public`.
    pub table: Option<&'a str>,
    pub key: Option<&'a str>,
    /// A moment, as SQL reads it.
    pub since: Option<&'a str>,
    /// A person, a login or a role.
    pub by: Option<&'a str>,
    pub limit: u32,
}

/// Changes on record, the last first.
pub async fn list(session: &Session, wanted: &Wanted<'_>) -> Result<Vec<Entry>> {
    let Wanted { table, key, since, by, limit } = wanted;
    let sql = include_str!("../queries/audit/list.sql");
    let rows = session.rows(sql, &[table, key, since, by, &i64::from(*limit)]).await?;
    Ok(rows.iter().map(entry).collect())
}

fn entry(row: &Row) -> Entry {
    let json = |name: &str| {
        let text: Option<String> = row.get(name);
        text.and_then(|text| serde_json::from_str(&text).ok())
    };
    Entry {
        number: row.get("id"),
        at: row.get("at"),
        login: row.get("login"),
        role: row.get("role"),
        person: row.get("person"),
        interface: row.get("interface"),
        application: row.get("application"),
        run: row.get("run"),
        table: row.get("relation"),
        operation: row.get("operation"),
        key: row.get("key"),
        before: json("before"),
        after: json("after"),
        counted: row.get("counted"),
    }
}
