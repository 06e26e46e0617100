//! Records to resolve, and what was resolved before.

use karat_record::{Kind, Problem, Result};

use crate::copy::{ColumnType, Rows};
use crate::load::Target;
use crate::name::Ident;
use crate::session::Session;
use crate::table::TextRows;

/// Which columns of a source are read.
pub struct RecordColumns<'a> {
    pub key: &'a [String],
    pub scope: Option<&'a str>,
    /// The column that says when a record changed.
    pub changed: Option<&'a str>,
    /// Columns to compare or publish. Lists come as JSON arrays.
    pub values: &'a [String],
    /// Only the records of these keys; None is all.
    pub only: Option<&'a [String]>,
}

/// Reads a source's records in the order of their keys: key, scope, time of change, then the
/// values; all as texts. Of a table that keeps versions only the current ones are records.
pub async fn records(
    session: &Session,
    target: &Target,
    columns: &RecordColumns<'_>,
) -> Result<TextRows> {
    let key: Vec<String> = columns.key.iter().map(|k| format!("{}::text", Ident(k))).collect();
    let scope = columns.scope.map_or("null::text".to_owned(), |c| format!("{}::text", Ident(c)));
    let changed = match columns.changed {
        Some(column) => changed(target, column)?,
        None => "null::text".to_owned(),
    };
    let mut values = Vec::new();
    for column in columns.values {
        values.push(match target.column(column).map(|c| &c.kind) {
            Some(ColumnType::TextArray) => format!("to_json({})::text", Ident(column)),
            Some(_) => format!("{}::text", Ident(column)),
            None => return Err(no_column(target, column)),
        });
    }
    let key = key.join(", ");
    let only = columns.only.map_or(String::new(), |keys| {
        let keys: Vec<String> = keys.iter().map(|key| literal(key)).collect();
        format!(" and concat_ws(':', {key}) = any (array[{}]::text[])", keys.join(", "))
    });
    let sql = format!(
        "copy (select concat_ws(':', {key}) collate \"C\" as key, {scope}, \
         {changed}{comma}{values} from {table} t where true{current}{only} order by 1) \
         to stdout (format binary)",
        comma = if values.is_empty() { "" } else { ", " },
        values = values.join(", "),
        table = target.table,
        current = target.and_current("t"),
    );
    Ok(TextRows::new(Rows::open(session, &sql).await?))
}

/// A text as SQL writes it, whatever the server's settings: a copy takes no parameters.
fn literal(text: &str) -> String {
    format!("e'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

fn changed(target: &Target, column: &str) -> Result<String> {
    let name = Ident(column);
    match target.column(column).map(|c| &c.kind) {
        Some(ColumnType::Timestamp | ColumnType::Date) => {
            Ok(format!("(extract(epoch from {name}) * 1000000)::bigint::text"))
        }
        Some(ColumnType::Int2 | ColumnType::Int4 | ColumnType::Int8) => Ok(format!("{name}::text")),
        Some(_) => {
            let what = format!("column {column:?} of {} holds no time", target.table);
            Err(Problem::new(Kind::Project, what)
                .hint("changed must name a column of type timestamp, date or integer"))
        }
        None => Err(no_column(target, column)),
    }
}

fn no_column(target: &Target, column: &str) -> Problem {
    let names: Vec<&str> = target.columns.iter().map(|c| c.name.as_str()).collect();
    Problem::new(Kind::Project, format!("table {} has no column {column:?}", target.table))
        .hint(format!("it has: {}", names.join(", ")))
}

/// A record's membership before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    pub source: String,
    pub key: String,
    pub id: [u8; 16],
}

/// Every membership of an entity, by source and key.
pub async fn before(session: &Session, entity: &str) -> Result<Vec<Before>> {
    let sql = include_str!("../../queries/resolution/memberships.sql");
    let rows = session.rows(sql, &[&entity]).await?;
    let membership = |row: &tokio_postgres::Row| Before {
        source: row.get(0),
        key: row.get(1),
        id: row.get::<_, Uuid>(2).0,
    };
    Ok(rows.iter().map(membership).collect())
}

/// A person's decision in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub a: (String, String),
    pub b: (String, String),
    pub same: bool,
}

/// The decisions in force on an entity, in the order in which they were made.
pub async fn decisions(session: &Session, entity: &str) -> Result<Vec<Decision>> {
    let sql = include_str!("../../queries/resolution/decisions.sql");
    let rows = session.rows(sql, &[&entity]).await?;
    let decision = |row: &tokio_postgres::Row| Decision {
        a: (row.get(0), row.get(1)),
        b: (row.get(2), row.get(3)),
        same: row.get(4),
    };
    Ok(rows.iter().map(decision).collect())
}

/// Input, settings and golden digest of the last resolution of an entity.
pub async fn state(session: &Session, entity: &str) -> Result<Option<(String, String, String)>> {
    let sql = include_str!("../../queries/resolution/state.sql");
    let row = session.maybe_row(sql, &[&entity]).await?;
    Ok(row.map(|row| (row.get(0), row.get(1), row.get(2))))
}

/// A `uuid` as its bytes.
pub(crate) struct Uuid(pub [u8; 16]);

impl<'a> tokio_postgres::types::FromSql<'a> for Uuid {
    fn from_sql(
        _: &tokio_postgres::types::Type,
        raw: &'a [u8],
    ) -> Result<Uuid, Box<dyn std::error::Error + std::marker::Sync + Send>> {
        Ok(Uuid(raw.try_into()?))
    }

    fn accepts(kind: &tokio_postgres::types::Type) -> bool {
        *kind == tokio_postgres::types::Type::UUID
    }
}
