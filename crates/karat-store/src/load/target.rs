//! The table that a dataset is loaded into.

use karat_record::Result;

use super::change::record_made;
use super::history::{FROM, TO};
use crate::copy::ColumnType;
use crate::name::{Ident, Table, list};
use crate::session::Session;

/// Which load and which row of it a record came from; added to every table that Karat loads.
pub const LOAD: &str = "karat_load";
pub const ROW: &str = "karat_row";

/// A table as the catalogue describes it.
#[derive(Clone, Debug)]
pub struct Target {
    pub table: Table,
    /// Its columns without Karat's own.
    pub columns: Vec<TargetColumn>,
    pub empty: bool,
    /// It keeps versions: `karat_from` and `karat_to` say since and until when each was current.
    pub versions: bool,
    traced: bool,
    pub(super) unique: Vec<Unique>,
}

/// A unique index.
#[derive(Clone, Debug)]
pub(super) struct Unique {
    pub columns: Vec<String>,
    /// It is of current versions only; else of all rows.
    pub current: bool,
}

/// One column of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetColumn {
    pub name: String,
    pub kind: ColumnType,
    /// Its type as SQL writes it.
    pub declared: String,
    /// A row must have a value for it, because it has no default.
    pub required: bool,
    /// It holds no null, default or not.
    pub not_null: bool,
    pub has_default: bool,
    /// Computed by the server: cannot be written.
    pub generated: bool,
}

impl Target {
    /// Looks a table up; `None` when it does not exist.
    pub async fn find(session: &Session, table: &Table) -> Result<Option<Target>> {
        let sql = include_str!("../../queries/load/columns.sql");
        let rows = session.rows(sql, &[&table.schema, &table.name]).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let mut columns: Vec<TargetColumn> = rows
            .iter()
            .map(|row| TargetColumn {
                name: row.get("name"),
                kind: ColumnType::from_catalogue(row.get("type"), row.get("modifier")),
                declared: row.get("declared"),
                required: row.get("required"),
                not_null: row.get("not_null"),
                has_default: row.get("has_default"),
                generated: row.get("generated"),
            })
            .collect();
        let before = columns.len();
        columns.retain(|c| c.name != LOAD && c.name != ROW);
        let traced = before == columns.len() + 2;
        let versions = says_when(&columns, FROM, true) && says_when(&columns, TO, false);
        columns.retain(|c| !versions || c.name != FROM && c.name != TO);
        let sql = include_str!("../../queries/load/unique.sql");
        let unique = session.rows(sql, &[&table.schema, &table.name]).await?;
        let filled = format!("select exists (select 1 from {table})");
        let filled: bool = session.row(&filled, &[]).await?.get(0);
        Ok(Some(Target {
            table: table.clone(),
            columns,
            empty: !filled,
            versions,
            traced,
            unique: unique
                .iter()
                .map(|row| Unique { columns: row.get(0), current: row.get(1) })
                .collect(),
        }))
    }

    /// Makes a table for a dataset that no schema file declares, and puts that on record.
    /// With `versions` it takes several of each key, one of them current.
    pub async fn create(
        session: &Session,
        table: &Table,
        columns: &[(String, &'static str)],
        key: &[String],
        versions: bool,
    ) -> Result<()> {
        let mut lines: Vec<String> =
            columns.iter().map(|(name, sql)| format!("{} {sql}", Ident(name))).collect();
        let said = lines.join(", ");
        lines.push(format!("{LOAD} bigint"));
        lines.push(format!("{ROW} bigint"));
        let key = list("", key.iter().map(String::as_str));
        let mut current = String::new();
        if versions {
            lines.push(format!("{FROM} timestamp with time zone not null"));
            lines.push(format!("{TO} timestamp with time zone"));
            lines.push(format!("primary key ({key}, {FROM})"));
            current = format!("; create unique index on {table} ({key}) where {TO} is null");
        } else if !key.is_empty() {
            lines.push(format!("primary key ({key})"));
        }
        let schema = Ident(&table.schema);
        let sql = format!(
            "create schema if not exists {schema}; create table {table} (\n  {}\n){current}",
            lines.join(",\n  ")
        );
        session.begin().await?;
        session.batch(&sql).await?;
        record_made(session, table, &said).await?;
        session.commit().await
    }

    /// Adds the two columns that say where a record came from, where they are missing.
    pub async fn trace(&mut self, session: &Session) -> Result<()> {
        if self.traced {
            return Ok(());
        }
        let sql = format!(
            "alter table {} add column if not exists {LOAD} bigint, add column if not exists \
             {ROW} bigint",
            self.table
        );
        session.batch(&sql).await?;
        self.traced = true;
        Ok(())
    }

    /// Whether its rows say which load they came from.
    pub(crate) fn is_traced(&self) -> bool {
        self.traced
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&TargetColumn> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Whether the server itself refuses a second row with the same key.
    pub fn is_unique(&self, key: &[String]) -> bool {
        let all = |some: &[String], of: &[String]| some.iter().all(|c| of.contains(c));
        let mut plain = self.unique.iter().filter(|unique| !unique.current);
        plain.any(|unique| all(&unique.columns, key) && all(key, &unique.columns))
    }
}

/// Whether the name is one of those that Karat gives to columns of its own.
pub fn is_reserved(column: &str) -> bool {
    [LOAD, ROW, FROM, TO].contains(&column)
}

fn says_when(columns: &[TargetColumn], name: &str, always: bool) -> bool {
    let is_time = |c: &TargetColumn| c.declared == "timestamp with time zone";
    columns.iter().any(|c| c.name == name && is_time(c) && c.not_null == always)
}
