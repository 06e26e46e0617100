//! Records to resolve, and what was resolved before.

use karat_record::{Kind, Problem, Result};

use super::extent::Extent;
use crate::copy::{ColumnType, Rows};
use crate::load::Target;
use crate::name::{Ident, quoted};
use crate::session::Session;
use crate::table::TextRows;

/// The text of a record's key, out of the columns of a row.
pub(crate) fn key_text(prefix: &str, key: &[String]) -> String {
    let parts: Vec<String> = key.iter().map(|k| format!("{prefix}{}::text", Ident(k))).collect();
    format!("concat_ws(':', {})", parts.join(", "))
}

/// Which columns of a source are read.
pub struct RecordColumns<'a> {
    pub key: &'a [String],
    pub scope: Option<&'a str>,
    /// The column that says when a record changed.
    pub changed: Option<&'a str>,
    /// Columns to compare or publish. Lists come as JSON arrays.
    pub values: &'a [String],
    pub which: Which<'a>,
}

/// Which records of a source are read.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    All,
    /// Those of these keys.
    Keys(&'a [String]),
    /// Those whose source, of this name, and key are in a temporary table.
    Within(&'static str, &'a str),
}

/// Reads a source's records in the order of their keys: key, scope, time of change, then the
/// values; all as texts. Of a table that keeps versions only the current ones are records.
pub async fn records(
    session: &Session,
    target: &Target,
    columns: &RecordColumns<'_>,
) -> Result<TextRows> {
    let scope = columns.scope.map_or("null::text".to_owned(), |c| format!("t.{}::text", Ident(c)));
    let changed = match columns.changed {
        Some(column) => changed(target, column)?,
        None => "null::text".to_owned(),
    };
    let mut values = Vec::new();
    for column in columns.values {
        values.push(match target.column(column).map(|c| &c.kind) {
            Some(ColumnType::TextArray) => format!("to_json(t.{})::text", Ident(column)),
            Some(_) => format!("t.{}::text", Ident(column)),
            None => return Err(no_column(target, column)),
        });
    }
    let key = key_text("t.", columns.key);
    let (mut within, mut only) = (String::new(), String::new());
    match columns.which {
        Which::All => {}
        Which::Within(table, source) => within = joined(target, columns.key, (table, source)),
        Which::Keys(keys) => {
            let keys: Vec<String> = keys.iter().map(|key| quoted(key)).collect();
            let keys = format!("array[{}]::text[]", keys.join(", "));
            only = format!(" and {}", is_among(target, columns.key, &keys));
        }
    }
    let sql = format!(
        "copy (select {key} collate \"C\" as key, {scope}, \
         {changed}{comma}{values} from {table} t{within} where true{current}{only} order by 1) \
         to stdout (format binary)",
        comma = if values.is_empty() { "" } else { ", " },
        values = values.join(", "),
        table = target.table,
        current = target.and_current("t"),
    );
    Ok(TextRows::new(Rows::open(session, &sql).await?))
}

/// Joins the records of a source that a temporary table names.
fn joined(target: &Target, key: &[String], (table, source): (&str, &str)) -> String {
    let source = quoted(source);
    let (own, kind) = comparable(target, key);
    format!(" join {table} s on s.source = {source} and {own} = s.key::{kind}")
}

/// That a record's key is one of those of an expression for an array of texts.
pub(super) fn is_among(target: &Target, key: &[String], keys: &str) -> String {
    let (own, kind) = comparable(target, key);
    format!("{own} = any (({keys})::{kind}[])")
}

/// What a record's key is compared as, and its type. The key of one column is compared as what it
/// is, so that an index on it serves.
fn comparable<'a>(target: &'a Target, key: &[String]) -> (String, &'a str) {
    match key {
        [one] => match target.column(one) {
            Some(column) => (format!("t.{}", Ident(one)), &column.declared),
            None => (format!("t.{}::text", Ident(one)), "text"),
        },
        several => (key_text("t.", several), "text"),
    }
}

fn changed(target: &Target, column: &str) -> Result<String> {
    let name = format!("t.{}", Ident(column));
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

pub(crate) fn no_column(target: &Target, column: &str) -> Problem {
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

/// The memberships of an entity, by source and key.
pub async fn before(session: &Session, entity: &str, extent: Extent) -> Result<Vec<Before>> {
    let sql = extent.of(include_str!("../../queries/resolution/memberships.sql"));
    let rows = session.rows(&sql, &[&entity]).await?;
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
    /// What it was decided together with: a merge or a split is several decisions.
    pub act: i64,
}

/// The decisions in force on an entity's records, in the order in which they were made.
pub async fn decisions(session: &Session, entity: &str, extent: Extent) -> Result<Vec<Decision>> {
    let sql = extent.of(include_str!("../../queries/resolution/decisions.sql"));
    let rows = session.rows(&sql, &[&entity]).await?;
    let decision = |row: &tokio_postgres::Row| Decision {
        a: (row.get(0), row.get(1)),
        b: (row.get(2), row.get(3)),
        same: row.get(4),
        act: row.get(5),
    };
    Ok(rows.iter().map(decision).collect())
}

/// What the last resolution of an entity was made of, and left.
#[derive(Clone, Debug)]
pub struct State {
    /// A digest of what was read, where changes are not on record.
    pub input: String,
    pub settings: String,
    /// The digest of the golden table, where its changes are not on record.
    pub golden: String,
    /// The number of the model that weighed.
    pub model: Option<i64>,
    /// Parts and keys are kept, so that a part can be resolved alone.
    pub parted: bool,
    pub summary: serde_json::Value,
}

/// What the last resolution of an entity was made of, and left.
pub async fn state(session: &Session, entity: &str) -> Result<Option<State>> {
    let sql = include_str!("../../queries/resolution/state.sql");
    let row = session.maybe_row(sql, &[&entity]).await?;
    Ok(row.map(|row| State {
        input: row.get("input"),
        settings: row.get("settings"),
        golden: row.get("golden"),
        model: row.get("model"),
        parted: row.get("parted"),
        summary: serde_json::from_str(row.get("summary")).unwrap_or_default(),
    }))
}

/// What the last resolution found, in numbers.
pub async fn tally(session: &Session, entity: &str, extent: Extent) -> Result<serde_json::Value> {
    let sql = extent.of(include_str!("../../queries/resolution/tally.sql"));
    let text: String = session.row(&sql, &[&entity]).await?.get(0);
    let failed = |e: serde_json::Error| Problem::new(Kind::Internal, format!("a tally: {e}"));
    serde_json::from_str(&text).map_err(failed)
}

/// Which of these ids name an entity of today.
pub async fn in_use(session: &Session, ids: &[[u8; 16]]) -> Result<Vec<[u8; 16]>> {
    let texts: Vec<String> = ids.iter().map(hex).collect();
    let sql = "select distinct m.id from unnest($1::text[]) as i (id) \
               join karat.membership m on m.id = i.id::uuid";
    Ok(session.rows(sql, &[&texts]).await?.iter().map(|row| row.get::<_, Uuid>(0).0).collect())
}

fn hex(id: &[u8; 16]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
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
