//! What a load changes of its table's shape, and the record of it.

use karat_record::{Result, Type};
use serde::Serialize;

use super::target::{Target, TargetColumn};
use crate::copy::ColumnType;
use crate::name::{Ident, Table};
use crate::session::Session;

/// A column that a load adds or widens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemaChange {
    #[serde(serialize_with = "as_text")]
    pub table: Table,
    pub column: String,
    pub change: Change,
    /// The type before, as SQL writes it; none for a new column.
    pub before: Option<String>,
    /// The type after.
    pub after: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    AddColumn,
    WidenColumn,
}

impl Change {
    fn name(self) -> &'static str {
        match self {
            Change::AddColumn => "add_column",
            Change::WidenColumn => "widen_column",
        }
    }
}

fn as_text<S: serde::Serializer>(table: &Table, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(table)
}

impl SchemaChange {
    /// The statement that makes it.
    pub fn ddl(&self) -> String {
        let (table, column, kind) = (&self.table, Ident(&self.column), self.after);
        match self.change {
            Change::AddColumn => format!("alter table {table} add column {column} {kind}"),
            Change::WidenColumn => {
                format!(
                    "alter table {table} alter column {column} type {kind} using {column}::{kind}"
                )
            }
        }
    }

    /// What happened, for people.
    pub fn told(&self) -> String {
        match &self.before {
            None => format!("column {:?} was added as {}", self.column, self.after),
            Some(before) => {
                format!("column {:?} was widened from {before} to {}", self.column, self.after)
            }
        }
    }

    /// Makes the change inside the load's open transaction, and puts it on record.
    pub async fn make(&self, session: &Session, load: i64) -> Result<()> {
        session.batch(&self.ddl()).await?;
        let (table, change) = (self.table.to_string(), self.change.name());
        let load = Some(load);
        session
            .execute(
                include_str!("../../queries/load/record_change.sql"),
                &[&load, &table, &Some(&self.column), &change, &self.before, &self.after],
            )
            .await
            .map(drop)
    }
}

/// Puts on record that Karat made a table with these columns.
pub(super) async fn record_made(session: &Session, table: &Table, columns: &str) -> Result<()> {
    let (none, table) = (None::<String>, table.to_string());
    session
        .execute(
            include_str!("../../queries/load/record_change.sql"),
            &[&None::<i64>, &table, &none, &"create_table", &none, &columns],
        )
        .await
        .map(drop)
}

impl Target {
    /// Whether Karat made the table, and no schema file has declared it since. The shape of any
    /// other belongs to somebody else.
    pub async fn is_own(&self, session: &Session) -> Result<bool> {
        let sql = include_str!("../../queries/load/is_own.sql");
        Ok(session.row(sql, &[&self.table.to_string()]).await?.get(0))
    }

    /// The change that gives the table a column, or makes a column wider. Nothing is changed.
    pub fn to_hold(&self, column: &str, kind: Type) -> SchemaChange {
        let before = self.column(column).map(|c| c.declared.clone());
        SchemaChange {
            table: self.table.clone(),
            column: column.to_owned(),
            change: if before.is_some() { Change::WidenColumn } else { Change::AddColumn },
            before,
            after: kind.sql(),
        }
    }

    /// Describes the table as it will be when the column holds that type.
    pub fn expect(&mut self, column: &str, kind: Type) {
        let (declared, kind) = (kind.sql().to_owned(), ColumnType::of(kind));
        match self.columns.iter_mut().find(|c| c.name == column) {
            Some(found) => (found.kind, found.declared) = (kind, declared),
            None => self.columns.push(TargetColumn {
                name: column.to_owned(),
                kind,
                declared,
                required: false,
                not_null: false,
                has_default: false,
                generated: false,
            }),
        }
    }
}
