//! Checks as SQL: one pass over a table for all of its checks, the rows that fail by their keys,
//! and what is kept about both.

mod failing;
mod failures;
mod ground;
pub(crate) mod literal;
mod metric;
mod plan;
mod regex;
mod results;
mod rows;
mod shape;
mod whole;

use crate::param::Param;
use karat_record::{Kind as ProblemKind, Problem, Result};
use karat_rules::check::{Check, Form, Kind, Outcome, Rows, divergence};
use serde_json::Value as Json;

use crate::name::{Ident, Table};
use crate::session::Session;

pub use failing::{Bad, MOST_FAILURES, failing};
pub use failures::{Decision, Failure, Failures, Sample, collect, decide, list};
pub use plan::counting;
pub use results::{Kept, Known, Score, keep, known, scores};

/// A table that is checked, as it is in the database.
#[derive(Clone, Debug)]
pub struct Relation {
    pub table: Table,
    pub columns: Vec<Column>,
    /// The columns that tell its rows apart; empty where it has no key.
    pub key: Vec<String>,
    /// Its number of rows, as the server estimates it.
    pub rows: f64,
    /// Lists of columns of which an index knows that no values come twice.
    pub unique: Vec<Vec<String>>,
}

/// A column of a checked table.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    /// The server's short name of the type: `int4`.
    pub kind: String,
    /// The type as SQL writes it: `integer`.
    pub shown: String,
    /// Whether its values are texts.
    pub is_text: bool,
    /// What its equal values have in common.
    pub equality: Equality,
    /// The number of its distinct values, as the server estimates it, if it does.
    pub distinct: Option<f64>,
}

/// What equal values of a column have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Equality {
    /// Nothing that is known.
    Unknown,
    /// How they compare: `1.0` and `1.00` are equal numbers.
    Value,
    /// All, how they are written too.
    Text,
}

impl Equality {
    fn of(kind: &str, is_deterministic: bool) -> Equality {
        match kind {
            "text" | "varchar" if is_deterministic => Equality::Text,
            "int2" | "int4" | "int8" | "bool" | "date" | "timestamp" | "timestamptz" | "uuid" => {
                Equality::Text
            }
            "float4" | "float8" | "numeric" => Equality::Value,
            _ => Equality::Unknown,
        }
    }
}

/// The moment that counts as now, as a timestamp that SQL reads.
#[derive(Clone, Debug)]
pub struct Clock(pub String);

impl Relation {
    /// Finds a table, with its primary key where no key is given.
    ///
    /// # Errors
    /// A table or a column of the key that is not there.
    pub async fn find(session: &Session, table: &Table, key: &[String]) -> Result<Relation> {
        let sql = include_str!("../../queries/check/columns.sql");
        let names: [&dyn Param; 3] = [&table.to_string(), &table.schema, &table.name];
        let rows = session.rows(sql, &names).await?;
        if rows.is_empty() {
            let what = format!("there is no table {table} to check");
            return Err(Problem::new(ProblemKind::Project, what)
                .hint("correct table = \"...\" in the file in checks/, or load the table first"));
        }
        let column = |row: &tokio_postgres::Row| Column {
            name: row.get(0),
            kind: row.get(1),
            shown: row.get(2),
            is_text: row.get(3),
            equality: Equality::of(row.get(1), row.get(5)),
            distinct: row.get(6),
        };
        let mut primary: Vec<(i32, String)> =
            rows.iter().map(|row| (row.get(4), row.get(0))).filter(|(at, _)| *at >= 0).collect();
        primary.sort();
        let columns: Vec<Column> = rows.iter().map(column).collect();
        if let Some(name) = key.iter().find(|name| columns.iter().all(|c| c.name != **name)) {
            let what = format!("the key of {table} names {name}, which is no column of it");
            return Err(Problem::new(ProblemKind::Project, what).hint("correct key = [...]"));
        }
        let key = match key.is_empty() {
            true => primary.into_iter().map(|(_, name)| name).collect(),
            false => key.to_vec(),
        };
        let (rows, unique): (f64, String) = (rows[0].get(7), rows[0].get(8));
        let unique = serde_json::from_str(&unique).unwrap_or_default();
        Ok(Relation { table: table.clone(), columns, key, rows, unique })
    }

    /// Whether an index knows that no values of these columns come twice.
    pub(crate) fn is_unique(&self, columns: &[String]) -> bool {
        self.unique.iter().any(|index| index.iter().all(|name| columns.contains(name)))
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Has the server look at columns of a large table that it knows nothing of yet, as after a first
/// load, or knew when it was much smaller, so that the checks can be planned. It looks at some thousand rows; on a table that is not
/// ours it declines with a warning.
pub async fn acquaint(session: &Session, table: &Table, checks: &[&Check]) -> Result<()> {
    let mut columns: Vec<&str> = checks.iter().flat_map(|c| c.arguments.columns()).collect();
    columns.sort_unstable();
    columns.dedup();
    let sql = include_str!("../../queries/check/unknown.sql");
    let names: [&dyn Param; 4] = [&table.to_string(), &table.schema, &table.name, &columns];
    let unknown: Vec<String> =
        session.rows(sql, &names).await?.iter().map(|row| row.get(0)).collect();
    let unknown: Vec<String> = unknown.iter().map(|name| Ident(name).to_string()).collect();
    let analyze = format!("analyze {table} ({})", unknown.join(", "));
    session.batch_if(!unknown.is_empty(), &analyze).await
}

/// Begins a transaction in which counts and failing rows are of one moment, with memory enough to
/// group millions of values without a sort on disk.
pub async fn begin(session: &Session) -> Result<()> {
    session.batch("begin isolation level repeatable read; set local work_mem = '128MB'").await
}

/// Evaluates checks in their order, in an open transaction. A check that the server refuses is an
/// `Outcome::Error` and spoils no other.
///
/// # Errors
/// A lost connection, or what else makes the server refuse more than one statement.
pub async fn evaluate(
    session: &Session,
    relation: &Relation,
    checks: &[&Check],
    clock: &Clock,
) -> Result<Vec<Outcome>> {
    match together(session, relation, checks, clock).await {
        Ok(outcomes) => return Ok(outcomes),
        Err(problem) if problem.kind == ProblemKind::Lost => return Err(problem),
        Err(_) => session.batch("rollback to savepoint checks").await?,
    }
    let mut outcomes = Vec::new();
    for check in checks {
        match together(session, relation, &[check], clock).await {
            Ok(found) => outcomes.extend(found),
            Err(problem) if problem.kind == ProblemKind::Lost => return Err(problem),
            Err(problem) => {
                session.batch("rollback to savepoint checks").await?;
                outcomes.push(Outcome::Error(problem.what));
            }
        }
    }
    Ok(outcomes)
}

async fn together(
    session: &Session,
    relation: &Relation,
    checks: &[&Check],
    clock: &Clock,
) -> Result<Vec<Outcome>> {
    session.batch("savepoint checks").await?;
    let row = match counting(relation, checks, clock) {
        Some(sql) => Some(session.row(&sql, &[]).await?),
        None => None,
    };
    let mut at = 0;
    let mut outcomes = Vec::new();
    for check in checks {
        if check.expectation.form == Form::Shape {
            outcomes.push(shape::shape(relation, check));
            continue;
        }
        let text: Option<String> = row.as_ref().and_then(|row| row.get(at));
        let answer = serde_json::from_str(&text.unwrap_or_default());
        let failed = |e| Problem::new(ProblemKind::Internal, format!("a check's answer: {e}"));
        outcomes.push(outcome(check, &answer.map_err(failed)?));
        at += 1;
    }
    Ok(outcomes)
}

fn outcome(check: &Check, answer: &Json) -> Outcome {
    let number = |key: &str| answer[key].as_u64().unwrap_or_default();
    match check.expectation.form {
        Form::Row => Outcome::Rows(Rows {
            elements: number("elements"),
            evaluated: number("evaluated"),
            unexpected: number("unexpected"),
            waived: 0,
        }),
        _ if check.expectation.kind == Kind::Divergence => {
            let pairs = answer["observed"].as_array().into_iter().flatten();
            let count = |pair: &Json| Some((pair[0].as_str()?.to_owned(), pair[1].as_u64()?));
            divergence(check, &pairs.filter_map(count).collect::<Vec<_>>())
        }
        _ => Outcome::Value {
            observed: answer["observed"].clone(),
            holds: answer["holds"].as_bool().unwrap_or(false),
        },
    }
}
