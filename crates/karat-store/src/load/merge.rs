//! From staging into the target: one set-based pass that says for each row what became of it.

use karat_record::Result;

use super::target::{LOAD, ROW, Target};
use crate::copy::ColumnType;
use crate::name::{Ident, Table, list};
use crate::session::Session;

/// What arriving rows mean for the rows that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Every row is new.
    Append,
    /// Rows with a known key replace theirs.
    Merge,
    /// The file is all there is: rows that are no longer in it go.
    Snapshot,
    /// Every version of a row is kept. Where files are complete, rows that are no longer in one
    /// cease to be current.
    History { complete: bool },
}

impl Mode {
    /// Whether an arrival is all there is.
    pub fn is_complete(self) -> bool {
        matches!(self, Mode::Snapshot | Mode::History { complete: true })
    }
}

/// A row that stands twice under one key with different values.
pub type Conflict = i64;

/// Marks staged rows that only say that their key still exists.
pub(super) const KEPT: &str = "karat_kept";

/// An unlogged table that takes the rows of one load from several connections.
pub struct Stage {
    table: Table,
    columns: Vec<String>,
}

impl Stage {
    /// Makes the stage of a load; visible to other connections at once.
    pub async fn create(
        session: &Session,
        load: i64,
        columns: &[(String, &ColumnType)],
    ) -> Result<Stage> {
        let stage = Stage::of(load, columns);
        let typed = columns.iter().map(|(name, kind)| format!("{} {}", Ident(name), sql(kind)));
        let typed: Vec<String> = typed.collect();
        let statement = format!(
            "create unlogged table {} ({}, {KEPT} boolean not null, {ROW} bigint not null) \
             with (autovacuum_enabled = false)",
            stage.table,
            typed.join(", ")
        );
        session.batch(&statement).await?;
        Ok(stage)
    }

    /// The stage of a load, as it is named.
    pub(super) fn of(load: i64, columns: &[(String, &ColumnType)]) -> Stage {
        let table = Table::new("karat", format!("stage_{load}"));
        Stage { table, columns: columns.iter().map(|(name, _)| name.clone()).collect() }
    }

    /// The statement that copies rows of the columns, the mark and the row number into it.
    pub fn copy_statement(&self) -> String {
        let columns = list("", self.columns.iter().map(String::as_str));
        format!("copy {} ({columns}, {KEPT}, {ROW}) from stdin (format binary)", self.table)
    }

    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Removes it.
    pub async fn remove(&self, session: &Session) -> Result<()> {
        session.batch(&format!("drop table if exists {}", self.table)).await
    }

    /// Removes the stages that killed loads left behind and that cannot go on. The write lock must
    /// be held.
    pub async fn sweep(session: &Session) -> Result<()> {
        for row in session.rows(include_str!("../../queries/load/stages.sql"), &[]).await? {
            let left = Table::new("karat", row.get::<_, String>(0));
            session.batch(&format!("drop table if exists {left}")).await?;
        }
        Ok(())
    }
}

/// The type of a staged column: the target's without its limits.
fn sql(kind: &ColumnType) -> &'static str {
    match kind {
        ColumnType::Int2 => "smallint",
        ColumnType::Int4 => "integer",
        ColumnType::Float4 => "real",
        ColumnType::Json => "json",
        other => other.kind().sql(),
    }
}

/// A merge of a stage into a target.
pub struct Merge<'a> {
    pub target: &'a Target,
    pub stage: &'a Stage,
    pub key: &'a [String],
    pub load: i64,
}

impl Merge<'_> {
    /// Takes rows out of the stage whose key came earlier in the file. Returns how many were
    /// equal to the earlier one, and the row numbers of those that were not.
    pub async fn settle_duplicates(&self, session: &Session) -> Result<(u64, Vec<Conflict>)> {
        let key = list("", self.keys());
        let stage = &self.stage.table;
        let any = format!(
            "select exists (select 1 from {stage} where {KEPT} group by {key} having count(*) > 1)"
        );
        let found: bool = session.row(&any, &[]).await?.get(0);
        if !found {
            return Ok((0, Vec::new()));
        }
        let same = self.equal("s", "f");
        let statement = format!(
            "with numbered as (
               select ctid as place, {ROW} as row,
                      min({ROW}) over (partition by {key}) as first
               from {stage} where {KEPT}
             ), later as (select * from numbered where row > first)
             select l.row, ({same}) as same
             from later l
             join {stage} s on s.ctid = l.place
             join {stage} f on f.{ROW} = l.first and f.{KEPT}
             order by l.row"
        );
        let rows = session.rows(&statement, &[]).await?;
        let all: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
        let conflicts = rows.iter().filter(|row| !row.get::<_, bool>(1)).map(|row| row.get(0));
        let conflicts: Vec<i64> = conflicts.collect();
        session.execute(&format!("delete from {stage} where {ROW} = any ($1)"), &[&all]).await?;
        Ok(((all.len() - conflicts.len()) as u64, conflicts))
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.key.iter().map(String::as_str)
    }

    /// Rows that exist with other values take the staged ones; how many.
    pub async fn update(&self, session: &Session) -> Result<u64> {
        let changing: Vec<&str> =
            self.stage.columns.iter().map(String::as_str).filter(|c| !self.is_key(c)).collect();
        if changing.is_empty() {
            return Ok(0);
        }
        let set: Vec<String> =
            changing.iter().map(|c| format!("{} = {}", Ident(c), self.cast(c))).collect();
        let statement = format!(
            "update {target} t set {set}, {LOAD} = {load}, {ROW} = s.{ROW} from {stage} s \
             where s.{KEPT} and {matched} and not ({same})",
            target = self.target.table,
            set = set.join(", "),
            load = self.load,
            stage = self.stage.table,
            matched = self.matched("t", "s"),
            same = self.equal("t", "s"),
        );
        session.execute(&statement, &[]).await
    }

    /// Rows with a new key go in; how many.
    pub async fn insert(&self, session: &Session) -> Result<u64> {
        let columns = list("", self.stage.columns.iter().map(String::as_str));
        let values: Vec<String> = self.stage.columns.iter().map(|c| self.cast(c)).collect();
        let new = if self.key.is_empty() {
            String::new()
        } else {
            let (target, matched) = (&self.target.table, self.matched("t", "s"));
            format!(" and not exists (select 1 from {target} t where {matched})")
        };
        let statement = format!(
            "insert into {target} ({columns}, {LOAD}, {ROW}) \
             select {values}, {load}, s.{ROW} from {stage} s where s.{KEPT}{new} order by s.{ROW}",
            target = self.target.table,
            values = values.join(", "),
            load = self.load,
            stage = self.stage.table,
        );
        session.execute(&statement, &[]).await
    }

    /// Loaded rows whose key is not in the stage go; how many. Rows that people put there by
    /// other means stay.
    pub async fn remove_missing(&self, session: &Session) -> Result<u64> {
        let statement = format!(
            "delete from {target} t where t.{LOAD} is not null \
             and not exists (select 1 from {stage} s where {matched})",
            target = self.target.table,
            stage = self.stage.table,
            matched = self.matched("t", "s"),
        );
        session.execute(&statement, &[]).await
    }

    /// Gathers statistics on the stage, so that the merge is planned for its size.
    pub async fn analyze(&self, session: &Session) -> Result<()> {
        session.batch(&format!("analyze {}", self.stage.table)).await
    }

    fn is_key(&self, column: &str) -> bool {
        self.key.iter().any(|k| k == column)
    }

    /// The staged value as the target's type.
    pub(super) fn cast(&self, column: &str) -> String {
        match self.target.column(column).map(|c| &c.kind) {
            Some(ColumnType::Other(kind)) => format!("s.{}::{}", Ident(column), Ident(kind)),
            _ => format!("s.{}", Ident(column)),
        }
    }

    pub(super) fn matched(&self, left: &str, right: &str) -> String {
        let parts = self.keys().map(|k| {
            let cast = self.cast(k).replacen("s.", &format!("{right}."), 1);
            format!("{left}.{} = {cast}", Ident(k))
        });
        parts.collect::<Vec<_>>().join(" and ")
    }

    /// Whether all columns that are not the key are equal; `json` has no equality but its text.
    pub(super) fn equal(&self, left: &str, right: &str) -> String {
        let parts: Vec<String> = self
            .stage
            .columns
            .iter()
            .filter(|c| !self.is_key(c))
            .map(|c| match self.target.column(c).map(|c| &c.kind) {
                Some(ColumnType::Json | ColumnType::Other(_)) => {
                    let c = Ident(c);
                    format!("{left}.{c}::text is not distinct from {right}.{c}::text")
                }
                _ => format!("{left}.{0} is not distinct from {right}.{0}", Ident(c)),
            })
            .collect();
        if parts.is_empty() { "true".to_owned() } else { parts.join(" and ") }
    }
}
