//! Makes a table hold exactly the given rows by touching only those that differ.

use karat_record::{Kind, Problem, Result};
use serde::Serialize;
use tokio::sync::mpsc::Receiver;

use crate::copy::{Chunk, ColumnType, Copied, copy_in};
use crate::name::{Ident, Table, list};
use crate::session::Session;
use crate::table::spare_log;

/// A table, or the part of it that `within` selects, as it shall be.
pub struct Sync<'a> {
    pub table: &'a Table,
    pub columns: &'a [(String, ColumnType)],
    pub key: &'a [&'a str],
    /// A condition on `t` that says which rows may be removed.
    pub within: String,
    /// The temporary table that takes the rows; gone at the end of the transaction.
    pub wanted: &'a str,
}

/// What a sync did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    pub inserted: u64,
    pub updated: u64,
    pub removed: u64,
}

impl Changes {
    /// Whether there were any.
    pub fn any(&self) -> bool {
        self.inserted + self.updated + self.removed > 0
    }
}

impl Sync<'_> {
    /// Whether the table has no row of ours yet, so that `copy` does what else `fill` and
    /// `apply` do.
    pub async fn is_new(&self, session: &Session) -> Result<bool> {
        let ours = format!("select exists (select 1 from {} t where {})", self.table, self.within);
        let ours: bool = session.row(&ours, &[]).await?.get(0);
        Ok(!ours)
    }

    /// Copies the wanted rows into the table itself, which has none of ours yet.
    pub async fn copy(&self, session: &Session, rows: Receiver<Chunk>) -> Result<Changes> {
        self.make_room(session).await?;
        spare_log(session, self.table).await?;
        let names = list("", self.columns.iter().map(|(name, _)| name.as_str()));
        let copy = format!("copy {} ({names}) from stdin (format binary)", self.table);
        match copy_in(session, &copy, rows).await? {
            Copied::Rows(inserted) => Ok(Changes { inserted, ..Changes::default() }),
            Copied::Refused => {
                let what = format!("a row in {} has a key of ours, but is not ours", self.table);
                Err(Problem::new(Kind::Sql, what).hint("remove it, or use another table"))
            }
        }
    }

    /// Inverted indexes take rows in batches of this much memory; each batch costs a pass.
    async fn make_room(&self, session: &Session) -> Result<()> {
        session.batch("set local maintenance_work_mem = '256MB'").await?;
        session.batch("set local gin_pending_list_limit = '64MB'").await
    }

    /// Takes the wanted rows in, inside the open transaction.
    pub async fn fill(&self, session: &Session, rows: Receiver<Chunk>) -> Result<()> {
        let names = list("", self.columns.iter().map(|(name, _)| name.as_str()));
        let wanted = Ident(self.wanted);
        let make = format!(
            "create temp table {wanted} on commit drop as select {names} from {} with no data",
            self.table
        );
        session.batch(&make).await?;
        let copy = format!("copy {wanted} ({names}) from stdin (format binary)");
        copy_in(session, &copy, rows).await?;
        // Only the key decides how tables are joined; statistics on wide columns cost more than
        // they are worth.
        session.batch(&format!("analyze {wanted} ({})", list("", self.key.iter().copied()))).await
    }

    /// Brings the table to the rows taken in.
    pub async fn apply(&self, session: &Session) -> Result<Changes> {
        self.make_room(session).await?;
        let (table, wanted) = (self.table, Ident(self.wanted));
        let matched: Vec<String> =
            self.key.iter().map(|k| format!("t.{0} = w.{0}", Ident(k))).collect();
        let matched = matched.join(" and ");
        let rest: Vec<&(String, ColumnType)> =
            self.columns.iter().filter(|(c, _)| !self.key.contains(&c.as_str())).collect();
        let removed = format!(
            "delete from {table} t where {} and not exists (select 1 from {wanted} w where \
             {matched})",
            self.within
        );
        let removed = session.execute(&removed, &[]).await?;
        let mut updated = 0;
        if !rest.is_empty() {
            let set: Vec<String> =
                rest.iter().map(|(c, _)| format!("{0} = w.{0}", Ident(c))).collect();
            let differs: Vec<String> = rest
                .iter()
                .map(|(c, kind)| match kind {
                    ColumnType::Json => {
                        format!("t.{0}::text is distinct from w.{0}::text", Ident(c))
                    }
                    _ => format!("t.{0} is distinct from w.{0}", Ident(c)),
                })
                .collect();
            let update = format!(
                "update {table} t set {} from {wanted} w where {matched} and ({})",
                set.join(", "),
                differs.join(" or ")
            );
            updated = session.execute(&update, &[]).await?;
        }
        let names = list("", self.columns.iter().map(|(name, _)| name.as_str()));
        let values = list("w.", self.columns.iter().map(|(name, _)| name.as_str()));
        let insert = format!(
            "insert into {table} ({names}) select {values} from {wanted} w \
             where not exists (select 1 from {table} t where {matched})"
        );
        let inserted = session.execute(&insert, &[]).await?;
        Ok(Changes { inserted, updated, removed })
    }
}
