//! Tables whose changes are put on record, whoever makes them, so that a resolution need not read
//! everything to know what is new.

use karat_record::Result;

use super::read::key_text;
use crate::name::{Table, quoted};
use crate::session::Session;
use crate::trigger::Triggers;

/// A table to watch for an entity.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a> {
    /// A source's name; none of the golden table.
    pub source: Option<&'a str>,
    pub table: &'a Table,
    /// Its key: of a source that of its records, of a golden table the id.
    pub key: &'a [String],
}

impl Watched<'_> {
    fn role(&self) -> &'static str {
        if self.source.is_some() { "source" } else { "golden" }
    }
}

/// Whether the changes of all these tables, and of no table that was there before under one of
/// their names, are put on record for an entity.
pub async fn is_watched(session: &Session, entity: &str, tables: &[Watched<'_>]) -> Result<bool> {
    let roles: Vec<&str> = tables.iter().map(Watched::role).collect();
    let sources: Vec<&str> = tables.iter().map(|table| table.source.unwrap_or_default()).collect();
    let names: Vec<String> = tables.iter().map(|table| table.table.to_string()).collect();
    let keys: Vec<String> = tables.iter().map(|table| key_text("", table.key)).collect();
    let sql = include_str!("../../queries/resolution/is_watched.sql");
    Ok(session.row(sql, &[&entity, &roles, &sources, &names, &keys]).await?.get(0))
}

/// Puts the changes of these tables on record from now on. False where the server does not let
/// us: a view, a table of others, or one that is in use for longer than we wait.
pub async fn watch(session: &Session, entity: &str, tables: &[Watched<'_>]) -> Result<bool> {
    session.begin().await?;
    if let Err(problem) = add(session, entity, tables).await {
        session.rollback().await?;
        return if problem.kind == karat_record::Kind::Lost { Err(problem) } else { Ok(false) };
    }
    session.commit().await?;
    Ok(true)
}

async fn add(session: &Session, entity: &str, tables: &[Watched<'_>]) -> Result<()> {
    session.batch("set local lock_timeout = '5s'").await?;
    session.execute("delete from karat.watch where entity = $1", &[&entity]).await?;
    session.execute("delete from karat.change where entity = $1", &[&entity]).await?;
    for watched in tables {
        let key = key_text("", watched.key);
        let digest: String = session.row("select md5($1)", &[&key]).await?.get(0);
        for trigger in triggers_of(watched, &key, &digest[..8]) {
            session.batch(&trigger).await?;
        }
        let sql = "insert into karat.watch (entity, role, source, relation, key) \
                   values ($1, $2, $3, $4::text::regclass, $5)";
        let (source, name) = (watched.source.unwrap_or_default(), watched.table.to_string());
        session.execute(sql, &[&entity, &watched.role(), &source, &name, &key]).await?;
    }
    // Whatever was before is not on record, until all was looked at once.
    let all = "insert into karat.change (entity, role, source) values ($1, 'source', '')";
    session.execute(all, &[&entity]).await.map(drop)
}

/// The statements that make the triggers of a table; `digest` tells keys apart.
fn triggers_of(watched: &Watched<'_>, key: &str, digest: &str) -> Vec<String> {
    let role = watched.role();
    // What Karat itself publishes is no change to look at again.
    let when = match watched.source {
        Some(_) => "",
        None => "when (current_setting('karat.publishing', true) is distinct from 'on')",
    };
    let triggers = Triggers {
        table: watched.table,
        name: &format!("karat_{role}_{digest}"),
        call: &format!("karat.note_change({}, '{role}')", quoted(key)),
        when,
        sees_truncated: false,
    };
    triggers.statements()
}

/// Forgets the entities that are declared no more: nobody will ask for their changes.
pub async fn forget_others(session: &Session, declared: &[&str]) -> Result<()> {
    let gone = "delete from karat.watch where entity <> all ($1)";
    if session.execute(gone, &[&declared]).await? > 0 {
        let changes = "delete from karat.change where entity <> all ($1)";
        session.execute(changes, &[&declared]).await?;
    }
    Ok(())
}
