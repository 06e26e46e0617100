//! Objectives as SQL: all of a table in one pass, what is known of loads and entities, and what is
//! kept about each run.

mod results;
mod sql;

use karat_record::{Kind, Problem, Result};
use karat_rules::objective::Measure;

use crate::check::{Clock, Relation};
use crate::name::{Table, quoted};
use crate::session::Session;

pub use results::{Earlier, Known, KnownPart, Row, earlier, keep, known, parts};
pub use sql::{statement, unfit};

/// What is asked of columns of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What the answer is called in the statement.
    pub name: String,
    pub columns: Vec<String>,
    pub asks: Asks,
    /// What counts as missing besides null, in small letters; a `*` at the end stands for any text.
    pub placeholders: Vec<String>,
}

/// What is counted, or looked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Asks {
    /// Rows with a value in one of the columns at least.
    Filled,
    /// E-mail addresses.
    Email,
    /// Values that match a regular expression.
    Formed(String),
    /// Values that stand in a list.
    Listed(Reference),
    /// The latest time that is not after now.
    Newest,
}

/// A list of values.
#[derive(Clone, Debug, PartialEq)]
pub enum Reference {
    Values(Vec<String>),
    Column { table: Table, column: String },
}

/// What became of a question.
pub type Answer = Result<Measure, String>;

/// Answers all questions about a table in one pass, in an open transaction. One that the server
/// refuses spoils no other.
///
/// # Errors
/// A lost connection.
pub async fn answer(
    session: &Session,
    relation: &Relation,
    questions: &[&Question],
    clock: &Clock,
) -> Result<Vec<Answer>> {
    match together(session, relation, questions, clock).await {
        Ok(answers) => return Ok(answers.into_iter().map(Ok).collect()),
        Err(problem) if problem.kind == Kind::Lost => return Err(problem),
        Err(_) => session.batch("rollback to savepoint objectives").await?,
    }
    let mut answers = Vec::new();
    for question in questions {
        match together(session, relation, &[question], clock).await {
            Ok(found) => answers.extend(found.into_iter().map(Ok)),
            Err(problem) if problem.kind == Kind::Lost => return Err(problem),
            Err(problem) => {
                session.batch("rollback to savepoint objectives").await?;
                answers.push(Err(problem.what));
            }
        }
    }
    Ok(answers)
}

async fn together(
    session: &Session,
    relation: &Relation,
    questions: &[&Question],
    clock: &Clock,
) -> Result<Vec<Measure>> {
    session.batch("savepoint objectives").await?;
    let row = session.row(&statement(relation, questions, clock), &[]).await?;
    let mut at = 0;
    let mut next = || {
        at += 1;
        at - 1
    };
    let count = |n: i64| n as u64;
    let answer = |question: &&Question| match question.asks {
        Asks::Newest => Measure::Age(row.get(next())),
        _ => Measure::Share { judged: count(row.get(next())), good: count(row.get(next())) },
    };
    Ok(questions.iter().map(answer).collect())
}

/// The values that an objective does not take, and how often each comes: the `most` most frequent.
pub async fn unfit_values(
    session: &Session,
    relation: &Relation,
    question: &Question,
    most: u32,
) -> Result<Vec<(String, u64)>> {
    let Some(sql) = unfit(relation, question, most) else { return Ok(Vec::new()) };
    let rows = session.rows(&sql, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get::<_, i64>(1) as u64)).collect())
}

/// A statement about loads or entities, as it is kept in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// Days since the last successful load of a dataset.
    Loads,
    /// Entities as they are published, and those in a pair that waits for a decision.
    Published,
    /// Records of each source, and the entities that they are.
    Sources,
}

impl Fixed {
    fn sql(self) -> &'static str {
        match self {
            Fixed::Loads => include_str!("../../queries/objective/loads.sql"),
            Fixed::Published => include_str!("../../queries/objective/published.sql"),
            Fixed::Sources => include_str!("../../queries/objective/sources.sql"),
        }
    }

    /// The statement with its values in place, to be run by itself.
    pub fn shown(self, of: &str, clock: &Clock) -> String {
        self.sql().trim_end().replace("$1", &quoted(of)).replace("$2", &quoted(&clock.0))
    }

    /// What it finds, by parts: each with its name.
    pub async fn find(
        self,
        session: &Session,
        of: &str,
        clock: &Clock,
    ) -> Result<Vec<(String, Measure)>> {
        let share = |name: String, judged: i64, good: i64| {
            let (judged, good) = (judged as u64, good as u64);
            (name, Measure::Share { judged, good })
        };
        Ok(match self {
            Fixed::Loads => {
                let row = session.row(self.sql(), &[&of, &clock.0]).await?;
                vec![(of.to_owned(), Measure::Age(row.get(0)))]
            }
            Fixed::Published => {
                let row = session.row(self.sql(), &[&of]).await?;
                let (judged, bad): (i64, i64) = (row.get(0), row.get(1));
                vec![share("published".to_owned(), judged, judged - bad)]
            }
            Fixed::Sources => {
                let rows = session.rows(self.sql(), &[&of]).await?;
                let part = |row: &tokio_postgres::Row| {
                    share(format!("source {}", row.get::<_, &str>(0)), row.get(1), row.get(2))
                };
                rows.iter().map(part).collect()
            }
        })
    }
}

/// Whether a table is there.
pub async fn relation(session: &Session, table: &Table) -> Result<Relation> {
    Relation::find(session, table, &[]).await.map_err(|problem| match problem.kind {
        Kind::Project => {
            let what = format!("there is no table {table} for an objective");
            Problem::new(Kind::Project, what)
                .hint("correct the table in the file in objectives/, or load it first")
        }
        _ => problem,
    })
}
