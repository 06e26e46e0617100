//! Quality: what is expected and what was promised, how it stands and how it went, and the rows that
//! fail.

mod history;

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use karat_pipeline::check::{self, Options};
use karat_pipeline::objective::{self, Reached, Wanted, shown};
use karat_pipeline::project::objectives::{Objective as Declared, Of, Place};
use karat_record::Problem;
use karat_store::check::{self as store, Decision, Failure as Failing, Known};
use karat_store::objective::{self as kept, KnownPart};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{ago, many, shown as value};
use crate::app::App;
use crate::failure::{Answer, Failure, page, segment};
use crate::fields::Fields;
use crate::frame::Frame;
use crate::signed::{Operator, Signed};

/// Failing rows on a page.
const ROWS: u32 = 50;
/// Results of a check on a page.
const RESULTS: u32 = 30;

#[derive(Template)]
#[template(path = "quality.html")]
struct All {
    frame: Frame,
    suites: Vec<Suite>,
    files: Vec<File>,
}

/// The checks of a table.
struct Suite {
    name: String,
    table: String,
    score: Option<String>,
    threshold: Option<String>,
    is_good_enough: bool,
    drawing: Option<String>,
    checks: Vec<Check>,
}

/// A check and its last result.
struct Check {
    name: String,
    blocks: bool,
    known: Option<Known>,
}

/// The objectives of a file.
struct File {
    name: String,
    compliance: Option<String>,
    wanted: Option<String>,
    is_compliant: bool,
    objectives: Vec<Objective>,
}

/// An objective and what it reached.
struct Objective {
    name: String,
    dimension: &'static str,
    target: String,
    actual: String,
    spent: String,
    owner: String,
    blocks: bool,
    verdict: Option<String>,
    /// Why it could not be measured.
    error: Option<String>,
    age: Option<f64>,
    drawing: Option<String>,
}

pub async fn all(State(app): State<Arc<App>>, signed: Signed) -> Answer {
    let session = app.session().await?;
    let suites = check::standing(&session, &app.project).await?;
    let files = objective::standing(&session, &app.project).await?;
    page(&All {
        frame: signed.frame(&app, "Quality", "Quality"),
        suites: suites.into_iter().map(suite).collect(),
        files: files.iter().map(file).collect(),
    })
}

fn suite(standing: check::Standing<'_>) -> Suite {
    let last = standing.scores.last();
    let threshold = standing.suite.threshold;
    let check = |(check, known): (&_, Option<Known>)| declared(check, known);
    Suite {
        name: standing.suite.name.clone(),
        table: standing.suite.table.to_string(),
        score: last.map(|last| check::shown(last.score)),
        threshold: threshold.map(check::shown),
        is_good_enough: last.zip(threshold).is_none_or(|(last, least)| last.score >= least),
        drawing: history::of_scores(&standing.scores, threshold),
        checks: standing.checks.into_iter().map(check).collect(),
    }
}

fn declared(check: &check::Check, known: Option<Known>) -> Check {
    Check { name: check.name.clone(), blocks: check.severity == check::Severity::Block, known }
}

fn file(standing: &objective::Standing<'_>) -> File {
    let wanted = standing.file.compliance;
    File {
        name: standing.file.name.clone(),
        compliance: standing.compliance.map(check::shown),
        wanted: wanted.map(check::shown),
        is_compliant: standing.compliance.zip(wanted).is_none_or(|(share, least)| share >= least),
        objectives: standing.reached.iter().map(of_objective).collect(),
    }
}

fn of_objective(reached: &Reached<'_>) -> Objective {
    let (objective, last) = (reached.objective, reached.last());
    let dimension = objective.goal.dimension;
    Objective {
        name: objective.name.clone(),
        dimension: dimension.word(),
        target: shown::target(&objective.goal),
        actual: last.map_or(String::new(), |last| shown::figure(dimension, last.actual)),
        spent: reached.spent.map_or(String::new(), shown::spent),
        owner: objective.owner.clone().unwrap_or_default(),
        blocks: objective.severity == check::Severity::Block,
        verdict: last.map(|last| last.verdict.clone()),
        error: last.and_then(|last| last.error.clone()),
        age: last.map(|last| last.at.age),
        drawing: history::of_objective(reached),
    }
}

#[derive(Template)]
#[template(path = "quality_check.html")]
struct OneCheck {
    frame: Frame,
    suite: String,
    table: String,
    check: Check,
    expectation: String,
    description: Option<String>,
    arguments: Vec<(String, String)>,
    weight: f64,
    /// The statements that it runs, or why there are none.
    sql: Result<String, Problem>,
    results: Vec<Known>,
    drawing: Option<String>,
    total: u64,
    rows: Vec<Failing>,
    /// Rows that fail no more are shown, too.
    of_all: bool,
}

#[derive(Deserialize)]
pub struct Shown {
    #[serde(default)]
    all: bool,
}

/// A check: what it asks, how it went, and the rows that fail.
pub async fn check(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path((suite, name)): Path<(String, String)>,
    Query(Shown { all }): Query<Shown>,
) -> Answer {
    let (table, found) = check::find(&app.project, &suite, &name).ok_or(Failure::NotThere)?;
    let session = app.session().await?;
    let named = (suite.as_str(), name.as_str());
    let results = store::known(&session, &[named], RESULTS).await?;
    let (total, rows) = store::list(&session, named, all, ROWS).await?;
    let address = signed.address(&app);
    let (context, options) = (app.context(&address), Options::default());
    let sql = check::statements_of(&context, (table, &[found]), &options).await;
    let argument = |(key, given): (&String, &Json)| (key.clone(), value(given));
    page(&OneCheck {
        frame: signed.frame(&app, "Quality", &format!("{suite}.{name}")),
        table: table.table.to_string(),
        check: declared(found, results.first().cloned()),
        expectation: found.expectation.full_name(),
        description: found.description.clone(),
        arguments: found.arguments.0.iter().map(argument).collect(),
        weight: found.weight,
        sql: sql.map(|statements| joined(&statements)),
        drawing: history::of_check(&results),
        results,
        total,
        rows,
        of_all: all,
        suite,
    })
}

fn joined(statements: &[String]) -> String {
    statements.iter().map(|statement| format!("{statement};")).collect::<Vec<_>>().join("\n\n")
}

/// What an operator decides about rows: the fields `key`, as often as there are rows, `what`, which
/// is `waive` or `undo`, and `reason`.
pub async fn decide(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path((suite, name)): Path<(String, String)>,
    Form(given): Form<Fields>,
) -> Result<Redirect, Failure> {
    check::find(&app.project, &suite, &name).ok_or(Failure::NotThere)?;
    let reason = given.first("reason").unwrap_or_default().trim();
    let decision = match given.first("what") {
        Some("waive") => Decision::Waive { reason, author: &person.name },
        Some("undo") => Decision::Undo,
        _ => return Err(Failure::NotThere),
    };
    let session = app.acting(&person).await?;
    let keys: Vec<&str> = given.all("key").collect();
    check::decide(&session, (&suite, &name), (&keys, decision)).await?;
    Ok(Redirect::to(&format!("/quality/checks/{}/{}", segment(&suite), segment(&name))))
}

#[derive(Template)]
#[template(path = "quality_objective.html")]
struct OneObjective {
    frame: Frame,
    file: String,
    objective: Objective,
    description: Option<String>,
    /// What it is about.
    of: Vec<String>,
    budget: String,
    window: u32,
    sql: Result<String, Problem>,
    /// The last first.
    results: Vec<Reading>,
    parts: Vec<(KnownPart, String)>,
    chart: Option<String>,
}

/// What a run found, for a table.
struct Reading {
    run: i64,
    at: String,
    actual: String,
    verdict: String,
    judged: Option<u64>,
    good: Option<u64>,
}

/// An objective: what is promised, what was reached, and how it went.
pub async fn objective(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path((file, name)): Path<(String, String)>,
) -> Answer {
    let (of, found) = objective::find(&app.project, &file, &name).ok_or(Failure::NotThere)?;
    let session = app.session().await?;
    let reached = objective::reached(&session, of, found).await?;
    let run = reached.last().map(|last| last.run);
    let parts = match run {
        Some(run) => kept::parts(&session, run, (&file, &name)).await?,
        None => Vec::new(),
    };
    let address = signed.address(&app);
    let wanted = [Wanted { file: of, objectives: vec![found] }];
    let (context, options) = (app.context(&address), Options::default());
    let sql = objective::statements(&context, &wanted, &options).await;
    let dimension = found.goal.dimension;
    let figure = |value: Option<f64>| shown::figure(dimension, value);
    let with_figure = |part: KnownPart| {
        let figure = figure(part.actual);
        (part, figure)
    };
    let result = |known: &kept::Known| Reading {
        run: known.run,
        at: known.at.at.clone(),
        actual: figure(known.actual),
        verdict: known.verdict.clone(),
        judged: known.judged,
        good: known.good,
    };
    page(&OneObjective {
        frame: signed.frame(&app, "Quality", &format!("{file}.{name}")),
        objective: of_objective(&reached),
        description: found.description.clone(),
        of: about(found),
        budget: format!("{:.2} %", found.goal.budget * 100.0),
        window: found.window,
        sql: sql.map(|statements| joined(&statements)),
        results: reached.results.iter().rev().map(result).collect(),
        parts: parts.into_iter().map(with_figure).collect(),
        chart: history::chart(&reached),
        file,
    })
}

/// What an objective is about, one thing a line.
fn about(objective: &Declared) -> Vec<String> {
    match &objective.of {
        Of::Columns(parts) => {
            let part = |(place, question): &(Place, karat_store::objective::Question)| {
                let columns = question.columns.join(", ");
                match place {
                    Place::Table(table) => format!("{columns} of {table}"),
                    Place::Golden(entity) => format!("{columns} of golden records of {entity}"),
                }
            };
            parts.iter().map(part).collect()
        }
        Of::Loads(datasets) => {
            datasets.iter().map(|dataset| format!("the last load of {dataset}")).collect()
        }
        Of::Duplicates { entity, published, sources } => {
            let published = published.then(|| format!("golden records of {entity}"));
            let sources = sources.then(|| format!("the sources of {entity}"));
            published.into_iter().chain(sources).collect()
        }
    }
}

/// What a verdict is called, and the class of its mark.
fn verdict(word: &str) -> (&'static str, &'static str) {
    match word {
        "passed" => ("holds", "done"),
        "met" => ("met", "done"),
        "violated" => ("violated", "failed"),
        "nothing" => ("nothing to judge", "unchanged"),
        _ => ("cannot be judged", "failed"),
    }
}

/// What a result says besides its verdict and counts.
fn said(known: &Known) -> String {
    match (&known.error, &known.observed) {
        (Some(error), _) => error.clone(),
        (None, Some(observed)) => check::says(observed),
        (None, None) => match known.rows.map_or(0, |rows| rows.waived) {
            0 => String::new(),
            waived => format!("{} waived", many(&waived)),
        },
    }
}

/// The share of rows that are not as expected, in percent.
fn percent(known: &Known) -> String {
    let percent = known.rows.and_then(|rows| rows.unexpected_percent());
    percent.map_or(String::new(), |percent| format!("{percent:.2} %"))
}

/// The key of a row, for people.
fn key(key: &Json) -> String {
    match key.as_object() {
        Some(columns) if columns.len() == 1 => columns.values().map(value).collect(),
        Some(columns) => {
            let column = |(name, of): (&String, &Json)| format!("{name} {}", value(of));
            columns.iter().map(column).collect::<Vec<_>>().join(", ")
        }
        None => value(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_one_column_is_its_value_and_others_are_named() {
        assert_eq!(key(&serde_json::json!({ "id": 7 })), "7");
        assert_eq!(key(&serde_json::json!({ "id": 7, "site": "a" })), "id 7, site a");
    }
}
