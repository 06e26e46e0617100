//! Triggers of Karat's on tables, whoever they belong to: one for each kind of statement, which
//! sees all rows that the statement changed.

use crate::name::{Ident, Table};

/// Four triggers of a table that call the same function.
pub(crate) struct Triggers<'a> {
    pub table: &'a Table,
    /// What their names begin with; the kind of statement follows.
    pub name: &'a str,
    /// A function of Karat's with its arguments, as SQL.
    pub call: &'a str,
    /// The condition under which they fire, as SQL; always where it is empty.
    pub when: &'a str,
    /// Whether rows are looked at before they are truncated, or that is noted afterwards.
    pub sees_truncated: bool,
}

impl Triggers<'_> {
    /// The statements that make them, in place of those of these names.
    pub fn statements(&self) -> Vec<String> {
        let truncated = if self.sees_truncated { "before" } else { "after" };
        let kinds = [
            ("insert", "after", "referencing new table as karat_new"),
            ("update", "after", "referencing old table as karat_old new table as karat_new"),
            ("delete", "after", "referencing old table as karat_old"),
            ("truncate", truncated, ""),
        ];
        let statements = kinds.iter().flat_map(|(event, moment, referencing)| {
            let name = format!("{}_{event}", self.name);
            let (name, Triggers { table, when, call, .. }) = (Ident(&name).to_string(), self);
            [
                format!("drop trigger if exists {name} on {table}"),
                format!(
                    "create trigger {name} {moment} {event} on {table} {referencing} \
                     for each statement {when} execute function {call}"
                ),
            ]
        });
        statements.collect()
    }
}
