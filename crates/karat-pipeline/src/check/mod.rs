//! Checking: what is expected of tables, what was found, and which rows fail.

mod anomaly;
mod decide;
mod document;
pub mod import;
mod standing;
mod summary;
mod yaml;

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use karat_record::{Kind, Problem, Reporter, Result, Stage};
use karat_rules::check::score;
use karat_store::check::{self as store, Clock, Failures, Kept, Relation, Sample};
use serde_json::json;

use crate::base::Base;
use crate::context::Context;
use crate::on_record::OnRecord;
use crate::project::{Project, Suite};

pub use decide::{decide, find, named};
pub use karat_rules::check::{Check, Outcome, Severity};
pub use standing::{Standing, standing};
pub use summary::{Found, Summary, says, shown};

/// How tables are checked.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The moment that counts as now; none: the clock's.
    pub as_of: Option<Timestamp>,
    /// Whether values stay out of what is kept about failing rows.
    pub without_values: bool,
}

impl Options {
    /// What counts as now, and its day, counted from 1970-01-01 in UTC.
    pub(crate) fn clock(&self) -> (Clock, i64) {
        let now = self.as_of.unwrap_or_else(Timestamp::now);
        (Clock(now.to_string()), now.as_second().div_euclid(24 * 60 * 60))
    }
}

/// Reads a moment: a date, which is its first instant in UTC, or a time with its offset.
pub fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let date: Date = text.parse().ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The suites of golden tables, or those of all others.
pub fn suites(project: &Project, of_golden: bool) -> impl Iterator<Item = &Suite> {
    let is_golden = |suite: &Suite| project.entities.iter().any(|e| e.golden.table == suite.table);
    project.checks.iter().filter(move |suite| is_golden(suite) == of_golden)
}

/// Checks a table and keeps what was found, in one transaction. The write lock must be held, and
/// the context must have a run.
pub async fn check(context: &Context<'_>, suite: &Suite, options: &Options) -> Result<Summary> {
    let stage = Stage::new("check", suite.name.clone());
    let since = Instant::now();
    context.reporter.started(&stage, None);
    let session = context.connect().await?;
    let checks: Vec<&Check> = suite.checks.iter().collect();
    store::acquaint(&session, &suite.table, &checks).await?;
    store::begin(&session).await?;
    let relation = Relation::find(&session, &suite.table, &suite.key).await?;
    let (clock, today) = options.clock();
    let mut outcomes = store::evaluate(&session, &relation, &checks, &clock).await?;
    let run = context.run.unwrap_or_default();
    let values = suite.values && !options.without_values;
    let metrics = anomaly::Metrics { suite: &suite.name, run, today, values };
    metrics.judge(&session, checks.iter().copied().zip(&mut outcomes)).await?;
    let failures = Failures { suite: &suite.name, run, values };
    let (bad, evaluated) = (failing(&checks, &outcomes), sound(&checks, &outcomes));
    let samples = store::collect(&session, &relation, failures, (&bad, &evaluated)).await?;
    for (check, outcome) in checks.iter().zip(&mut outcomes) {
        if let (Outcome::Rows(rows), Some(sample)) = (outcome, of(&samples, check)) {
            rows.waived = sample.waived;
        }
    }
    let results: Vec<(&Check, &Outcome)> = checks.iter().copied().zip(&outcomes).collect();
    let kept = Kept {
        run,
        suite: &suite.name,
        relation: &relation,
        score: score(results.iter().copied()),
        results: &results,
        threshold: suite.threshold,
    };
    store::keep(&session, &kept).await?;
    let score = kept.score;
    session.commit().await?;
    let found = |(check, outcome): (&&Check, Outcome)| {
        let sample = of(&samples, check).map(|sample| sample.first.clone());
        Found { check: (*check).clone(), outcome, sample: sample.unwrap_or_default() }
    };
    let summary = Summary {
        suite: suite.name.clone(),
        table: suite.table.to_string(),
        has_key: !relation.key.is_empty(),
        found: checks.iter().zip(outcomes).map(found).collect(),
        score,
        threshold: suite.threshold,
        took: since.elapsed(),
    };
    context.reporter.ended(&stage, &summary.line());
    Ok(summary)
}

fn of<'a>(samples: &'a [Sample], check: &Check) -> Option<&'a Sample> {
    samples.iter().find(|sample| sample.check == check.name)
}

/// The checks of which some row is not as expected, with the number of these rows, or zero where it
/// is not known.
fn failing<'a>(checks: &[&'a Check], outcomes: &[Outcome]) -> Vec<(&'a Check, u64)> {
    let failing = |(check, outcome): (&&'a Check, &Outcome)| match outcome {
        Outcome::Rows(rows) => (rows.unexpected > 0).then_some((*check, rows.unexpected)),
        Outcome::Value { holds, .. } => (!holds).then_some((*check, 0)),
        Outcome::Error(_) => None,
    };
    checks.iter().zip(outcomes).filter_map(failing).collect()
}

/// The checks that could be evaluated.
fn sound<'a>(checks: &[&'a Check], outcomes: &[Outcome]) -> Vec<&'a Check> {
    let is_sound = |outcome: &Outcome| !matches!(outcome, Outcome::Error(_));
    checks.iter().zip(outcomes).filter(|(_, o)| is_sound(o)).map(|(check, _)| *check).collect()
}

/// What stops a run after these tables were checked.
pub fn blocked(checked: &[Summary]) -> Option<Problem> {
    let names: Vec<String> = checked.iter().flat_map(Summary::blocks).collect();
    let first = names.first()?;
    let what = match names.len() {
        1 => format!("a check that blocks is violated: {first}"),
        n => format!("{n} checks that block are violated: {}", names.join(", ")),
    };
    Some(Problem::new(Kind::Data, what).hint("karat check show NAME lists the rows that fail"))
}

/// Checks tables by themselves, as a run of its own on record.
pub async fn run(
    project: &Project,
    base: &Base,
    (suites, options): (&[&Suite], &Options),
    reporter: Arc<dyn Reporter>,
) -> Result<Vec<Summary>> {
    let context = Context { project, address: &base.address, reporter, run: None };
    let session = context.connect().await?;
    let run = OnRecord::begin(context, session, "check").await?;
    let mut checked = Vec::new();
    let mut failure = None;
    for suite in suites {
        match check(&run.context, suite, options).await {
            Ok(summary) => checked.push(summary),
            Err(problem) => {
                failure = Some(problem);
                break;
            }
        }
    }
    let detail = json!({ "checks": checked.iter().map(Summary::json).collect::<Vec<_>>() });
    run.end(failure.as_ref(), &detail).await?;
    failure.map_or(Ok(checked), Err)
}

/// The statements that a check of the table runs: the one that counts, and the one that collects
/// the keys of failing rows, as if every check had a
/// few.
pub async fn statements(
    context: &Context<'_>,
    suite: &Suite,
    options: &Options,
) -> Result<Vec<String>> {
    let checks: Vec<&Check> = suite.checks.iter().collect();
    statements_of(context, (suite, &checks), options).await
}

/// As [`statements`], of some checks of the table.
pub async fn statements_of(
    context: &Context<'_>,
    (suite, checks): (&Suite, &[&Check]),
    options: &Options,
) -> Result<Vec<String>> {
    let session = context.connect().await?;
    let relation = Relation::find(&session, &suite.table, &suite.key).await?;
    let counting = store::counting(&relation, checks, &options.clock().0);
    let bad = checks.iter().map(|&check| store::Bad { check, rows: 0, has_waived: true });
    let bad: Vec<store::Bad<'_>> = bad.collect();
    let failing = store::failing(&relation, &suite.name, &bad);
    Ok(counting.into_iter().chain(failing).collect())
}
