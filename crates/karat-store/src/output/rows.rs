//! Rows of a table for an export, in an order that depends on nothing but their values.

use karat_record::Result;

use super::kind_of;
use super::pivot::order;
use crate::copy::{ColumnType, Rows};
use crate::load::Target;
use crate::name::Ident;
use crate::session::Session;
use crate::table::TextRows;

/// Which rows and columns of a table are exported.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    pub target: &'a Target,
    /// SQL that rows have to fulfil.
    pub condition: Option<&'a str>,
    pub columns: &'a [String],
    /// The columns that rows are ordered by; all others follow.
    pub order: &'a [String],
}

impl Export<'_> {
    /// The types of its columns.
    ///
    /// # Errors
    /// A column that the table lacks.
    pub fn kinds(&self) -> Result<Vec<ColumnType>> {
        self.order.iter().try_for_each(|column| kind_of(self.target, column).map(drop))?;
        self.columns.iter().map(|column| kind_of(self.target, column).cloned()).collect()
    }
}

/// Reads the rows of an export as texts, one for each column. Rows that its order does not tell
/// apart are ordered by all their values as texts.
pub async fn exported(session: &Session, export: &Export<'_>) -> Result<TextRows> {
    let texts: Vec<String> =
        export.columns.iter().map(|column| format!("t.{}::text", Ident(column))).collect();
    let mut by: Vec<String> =
        export.order.iter().map(|column| order(export.target, column)).collect::<Result<_>>()?;
    by.extend(texts.iter().map(|text| format!("{text} collate \"C\"")));
    let sql = format!(
        "copy (select {} from {} t where {} order by {}) to stdout (format binary)",
        texts.join(", "),
        export.target.table,
        condition(export.target, export.condition),
        by.join(", "),
    );
    Ok(TextRows::new(Rows::open(session, &sql).await?))
}

/// The rows that an output is made from: those that fulfil its condition, of a table that keeps
/// versions the current ones.
pub(super) fn condition(target: &Target, condition: Option<&str>) -> String {
    let wanted = condition.map_or_else(|| "true".to_owned(), |sql| format!("(\n{sql}\n)"));
    format!("{wanted}{}", target.and_current("t"))
}
