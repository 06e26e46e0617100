//! Rejected rows: for people to look at, to hand out for mending, and to dismiss; and what became
//! of them.

mod settle;

use karat_record::Result;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::session::Session;

pub use settle::{Found, Replayed, different, find, forms, full_load, reloaded, replayed};

/// A rejected row with where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rejected {
    pub dataset: String,
    pub load: i64,
    pub origin: String,
    /// Where all sheets of a workbook are read: the one that `line` says in front.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    pub line: i64,
    pub byte: Option<i64>,
    pub column: Option<String>,
    pub rule: String,
    pub message: String,
    pub raw: String,
    /// `open`, `replayed`, `repeated`, `superseded` or `dismissed`.
    pub state: String,
    /// The load and row as which it came again.
    pub replayed_by: Option<i64>,
    pub replayed_line: Option<i64>,
    /// The load that read the same or all of it anew.
    pub superseded_by: Option<i64>,
    /// Where it was rejected first, when that is not here.
    pub first_load: Option<i64>,
    pub first_line: Option<i64>,
    /// Why it was dismissed, and by whom.
    pub reason: Option<String>,
    pub decided_by: Option<String>,
}

impl Rejected {
    /// File, sheet and line, for people.
    pub fn place(&self) -> String {
        let sheet = self.sheet.as_ref().map(|sheet| format!(" [{sheet}]")).unwrap_or_default();
        format!("{}{sheet}:{}", self.origin, self.line)
    }

    /// What became of the row, in a sentence.
    pub fn outcome(&self) -> String {
        let place = |load: Option<i64>, line: Option<i64>| match (load, line) {
            (Some(load), Some(line)) => format!("row {line} of load {load}"),
            _ => "a load that is no longer on record".to_owned(),
        };
        let (load, line) = (self.replayed_by, self.replayed_line);
        match self.state.as_str() {
            "replayed" => format!("loaded as {}", place(load, line)),
            "repeated" => format!("rejected again as {}", place(load, line)),
            "superseded" => match self.superseded_by {
                Some(load) => format!("read anew by load {load}"),
                None => "read anew by a load that is no longer on record".to_owned(),
            },
            "dismissed" => {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                format!("dismissed by {}: {}", text(&self.decided_by), text(&self.reason))
            }
            _ => "open".to_owned(),
        }
    }
}

/// Which rejected rows are meant. Nothing set: all open ones.
#[derive(Clone, Debug, Default)]
pub struct Filter<'a> {
    pub dataset: Option<&'a str>,
    /// Empty: of all loads.
    pub loads: &'a [i64],
    pub rule: Option<&'a str>,
    /// Those that are not open, too.
    pub all: bool,
}

/// Rejected rows of one dataset, column and rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Group {
    pub dataset: String,
    pub column: Option<String>,
    pub rule: String,
    pub rows: u64,
    /// Where one of them stands: of the latest load the first.
    pub load: i64,
    pub origin: String,
    pub line: i64,
    pub message: String,
}

/// A load with open rejects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub load: i64,
    pub dataset: String,
    pub origin: String,
    /// How its raw rows are written, as JSON.
    pub form: Option<String>,
    /// The same of the load in which these rows were rejected first, when that is another.
    pub first_form: Option<String>,
    pub first_load: Option<i64>,
    pub rows: u64,
}

/// How many rejected rows there are, and the first of them, the latest load first.
pub async fn list(
    session: &Session,
    filter: &Filter<'_>,
    limit: u32,
) -> Result<(u64, Vec<Rejected>)> {
    let sql = include_str!("../../queries/reject/list.sql");
    let Filter { dataset, loads, rule, all } = filter;
    let rows = session.rows(sql, &[dataset, loads, rule, all, &i64::from(limit)]).await?;
    let total = rows.first().map_or(0, |row| row.get::<_, i64>("total") as u64);
    Ok((total, rows.iter().map(rejected).collect()))
}

/// The next open rejects of a load behind a line, a thousand at least where there are so many.
pub async fn page(
    session: &Session,
    load: i64,
    line: i64,
    rule: Option<&str>,
) -> Result<Vec<Rejected>> {
    let sql = include_str!("../../queries/reject/page.sql");
    Ok(session.rows(sql, &[&load, &line, &rule]).await?.iter().map(rejected).collect())
}

/// All that became of the row at this place, from where it was rejected first. Empty when no
/// rejected row stands there, and none was loaded from there.
pub async fn history(session: &Session, load: i64, line: i64) -> Result<Vec<Rejected>> {
    let sql = include_str!("../../queries/reject/history.sql");
    Ok(session.rows(sql, &[&load, &line]).await?.iter().map(rejected).collect())
}

/// The open rejects, or all of them, by dataset, rule and column; the most frequent first.
pub async fn summary(session: &Session, all: bool) -> Result<Vec<Group>> {
    let rows = session.rows(include_str!("../../queries/reject/summary.sql"), &[&all]).await?;
    let group = |row: &Row| Group {
        dataset: row.get("dataset"),
        column: row.get("column"),
        rule: row.get("rule"),
        rows: row.get::<_, i64>("rows") as u64,
        load: row.get("load"),
        origin: row.get("origin"),
        line: row.get("line"),
        message: row.get("message"),
    };
    Ok(rows.iter().map(group).collect())
}

/// The loads with open rejects, the latest first; of a replay an element for each load in which
/// its rows were rejected first.
pub async fn loads(session: &Session, filter: &Filter<'_>) -> Result<Vec<Origin>> {
    let sql = include_str!("../../queries/reject/loads.sql");
    let rows = session.rows(sql, &[&filter.dataset, &filter.loads, &filter.rule]).await?;
    let origin = |row: &Row| Origin {
        load: row.get("id"),
        dataset: row.get("dataset"),
        origin: row.get("origin"),
        form: row.get("form"),
        first_form: row.get("first_form"),
        first_load: row.get("first_load"),
        rows: row.get::<_, i64>("rows") as u64,
    };
    Ok(rows.iter().map(origin).collect())
}

/// Dismisses open rejects of a load: those on these lines, or all; how many.
pub async fn dismiss(
    session: &Session,
    load: i64,
    lines: &[i64],
    (reason, author): (&str, &str),
) -> Result<u64> {
    let sql = include_str!("../../queries/reject/dismiss.sql");
    session.execute(sql, &[&load, &lines, &reason, &author]).await
}

fn rejected(row: &Row) -> Rejected {
    Rejected {
        dataset: row.get("dataset"),
        load: row.get("load"),
        origin: row.get("origin"),
        sheet: row.get("sheet"),
        line: row.get("line"),
        byte: row.get("byte"),
        column: row.get("column"),
        rule: row.get("rule"),
        message: row.get("message"),
        raw: row.get("raw"),
        state: row.get("state"),
        replayed_by: row.get("replayed_by"),
        replayed_line: row.get("replayed_line"),
        superseded_by: row.get("superseded_by"),
        first_load: row.get("first_load"),
        first_line: row.get("first_line"),
        reason: row.get("reason"),
        decided_by: row.get("decided_by"),
    }
}
