//! The table that a dataset is loaded into.

use karat_record::Result;

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
    /// Its columns without Karat's own two.
    pub columns: Vec<TargetColumn>,
    pub empty: bool,
    traced: bool,
    /// Columns of each unique index without condition.
    pub(super) unique: Vec<Vec<String>>,
}

/// One column of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetColumn {
    pub name: String,
    pub kind: ColumnType,
    /// A row must have a value for it, because it has no default.
    pub required: bool,
    /// It holds no null, default or not.
    pub not_null: bool,
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
                required: row.get("required"),
                not_null: row.get("not_null"),
                generated: row.get("generated"),
            })
            .collect();
        let before = columns.len();
        columns.retain(|c| c.name != LOAD && c.name != ROW);
        let sql = include_str!("../../queries/load/unique.sql");
        let unique = session.rows(sql, &[&table.schema, &table.name]).await?;
        let filled = format!("select exists (select 1 from {table})");
        let filled: bool = session.row(&filled, &[]).await?.get(0);
        Ok(Some(Target {
            table: table.clone(),
            traced: before == columns.len() + 2,
            columns,
            empty: !filled,
            unique: unique.iter().map(|row| row.get(0)).collect(),
        }))
    }

    /// Makes a table for a dataset that no schema file declares.
    pub async fn create(
        session: &Session,
        table: &Table,
        columns: &[(String, &'static str)],
        key: &[String],
    ) -> Result<()> {
        let mut lines: Vec<String> =
            columns.iter().map(|(name, sql)| format!("{} {sql}", Ident(name))).collect();
        lines.push(format!("{LOAD} bigint"));
        lines.push(format!("{ROW} bigint"));
        if !key.is_empty() {
            lines.push(format!("primary key ({})", list("", key.iter().map(String::as_str))));
        }
        let schema = Ident(&table.schema);
        let sql = format!(
            "create schema if not exists {schema}; create table {table} (\n  {}\n)",
            lines.join(",\n  ")
        );
        session.batch(&sql).await
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

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&TargetColumn> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Whether the server itself refuses a second row with the same key.
    pub fn is_unique(&self, key: &[String]) -> bool {
        let all = |some: &[String], of: &[String]| some.iter().all(|c| of.contains(c));
        self.unique.iter().any(|columns| all(columns, key) && all(key, columns))
    }
}
