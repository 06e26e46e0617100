//! What is expected and what was promised: checks with the rows that fail, and objectives.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use karat_pipeline::check::{self, Check, Severity};
use karat_pipeline::objective::{self, Reached, shown};
use karat_store::check::{self as store, Decision as Decided, Failure as Failing, Known};
use karat_store::objective::{self as kept, Known as Reading, KnownPart};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Limit};
use crate::app::App;
use crate::failure::Failure;
use crate::signed::{Operator, Signed};

/// A declared check, and its last result.
#[derive(Serialize, ToSchema)]
#[schema(as = Check)]
pub struct Stands {
    suite: String,
    check: String,
    /// Of which table.
    table: String,
    /// Whether a violation stops a run.
    blocks: bool,
    last: Option<Known>,
}

fn stands((suite, table): (&str, &str), check: &Check, last: Option<Known>) -> Stands {
    Stands {
        suite: suite.to_owned(),
        check: check.name.clone(),
        table: table.to_owned(),
        blocks: check.severity == Severity::Block,
        last,
    }
}

/// How all checks stand.
#[utoipa::path(get, path = "/checks", tag = "quality",
    responses((status = 200, body = Vec<Stands>)))]
pub async fn all(State(app): State<Arc<App>>, _: Signed) -> Answer<Vec<Stands>> {
    let mut found = Vec::new();
    for standing in check::standing(&app.session().await?, &app.project).await? {
        let (suite, table) = (&standing.suite.name, standing.suite.table.to_string());
        let of = |(check, last): (&Check, Option<Known>)| stands((suite, &table), check, last);
        found.extend(standing.checks.into_iter().map(of));
    }
    Ok(Json(found))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Rows that fail no more, too.
    #[serde(default)]
    all: bool,
    /// How many results, and how many rows.
    #[serde(default)]
    limit: Limit,
}

/// A check, how it went, and the rows that fail.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckInFull)]
pub struct One {
    check: Stands,
    expectation: String,
    description: Option<String>,
    /// The last first.
    results: Vec<Known>,
    /// Rows on record.
    total: u64,
    /// The first of them.
    rows: Vec<Failing>,
}

/// A check, how it went, and the rows that fail.
#[utoipa::path(get, path = "/checks/{suite}/{check}", tag = "quality",
    params(("suite" = String, Path,), ("check" = String, Path,), Which),
    responses((status = 200, body = One)))]
pub async fn one(
    State(app): State<Arc<App>>,
    _: Signed,
    Path((suite, name)): Path<(String, String)>,
    Query(Which { all, limit }): Query<Which>,
) -> Answer<One> {
    let (of, found) = check::find(&app.project, &suite, &name).ok_or(Failure::NotThere)?;
    let session = app.session().await?;
    let named = (suite.as_str(), name.as_str());
    let results = store::known(&session, &[named], limit.get()).await?;
    let (total, rows) = store::list(&session, named, all, limit.get()).await?;
    let last = results.first().cloned();
    Ok(Json(One {
        check: stands((&suite, &of.table.to_string()), found, last),
        expectation: found.expectation.full_name(),
        description: found.description.clone(),
        results,
        total,
        rows,
    }))
}

/// What is decided about failing rows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Waiver)]
pub struct Waiver {
    /// Keys as they are in `rows`, as JSON; of one column, its value alone will do.
    #[schema(min_items = 1)]
    keys: Vec<String>,
    /// Why the rows do not count any more; without it they count again.
    reason: Option<String>,
}

/// How many rows a decision was about.
#[derive(Serialize, ToSchema)]
pub struct Waived {
    rows: u64,
}

/// Waives failing rows of a check, or has them count again.
#[utoipa::path(post, path = "/checks/{suite}/{check}/waivers", tag = "quality",
    params(("suite" = String, Path,), ("check" = String, Path,)), request_body = Waiver,
    responses((status = 200, body = Waived)))]
pub async fn waive(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path((suite, name)): Path<(String, String)>,
    Json(Waiver { keys, reason }): Json<Waiver>,
) -> Answer<Waived> {
    check::find(&app.project, &suite, &name).ok_or(Failure::NotThere)?;
    let decision = match &reason {
        Some(reason) => Decided::Waive { reason: reason.trim(), author: &person.name },
        None => Decided::Undo,
    };
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let session = app.acting(&person).await?;
    let rows = check::decide(&session, (&suite, &name), (&keys, decision)).await?;
    Ok(Json(Waived { rows }))
}

/// A declared objective, and what it reached.
#[derive(Serialize, ToSchema)]
pub struct Objective {
    file: String,
    objective: String,
    description: Option<String>,
    dimension: &'static str,
    /// In words, such as `≥ 99 %`.
    target: String,
    owner: Option<String>,
    /// Whether a violation stops a run.
    blocks: bool,
    /// Days over which it is judged.
    window_days: u32,
    /// The part of the error budget that is spent.
    spent: Option<f64>,
    last: Option<Reading>,
}

fn objective(file: &str, reached: &Reached<'_>) -> Objective {
    let objective = reached.objective;
    Objective {
        file: file.to_owned(),
        objective: objective.name.clone(),
        description: objective.description.clone(),
        dimension: objective.goal.dimension.word(),
        target: shown::target(&objective.goal),
        owner: objective.owner.clone(),
        blocks: objective.severity == Severity::Block,
        window_days: objective.window,
        spent: reached.spent,
        last: reached.last().cloned(),
    }
}

/// How all objectives stand.
#[utoipa::path(get, path = "/objectives", tag = "quality",
    responses((status = 200, body = Vec<Objective>)))]
pub async fn objectives(State(app): State<Arc<App>>, _: Signed) -> Answer<Vec<Objective>> {
    let mut found = Vec::new();
    for standing in objective::standing(&app.session().await?, &app.project).await? {
        let of = |reached: &Reached<'_>| objective(&standing.file.name, reached);
        found.extend(standing.reached.iter().map(of));
    }
    Ok(Json(found))
}

/// An objective, and how it went.
#[derive(Serialize, ToSchema)]
pub struct ObjectiveInFull {
    objective: Objective,
    /// Within the window, and the last whenever it was; the oldest first.
    results: Vec<Reading>,
    /// What the last result is of, where that is several things.
    parts: Vec<KnownPart>,
}

/// An objective, and how it went.
#[utoipa::path(get, path = "/objectives/{file}/{objective}", tag = "quality",
    params(("file" = String, Path,), ("objective" = String, Path,)),
    responses((status = 200, body = ObjectiveInFull)))]
pub async fn one_objective(
    State(app): State<Arc<App>>,
    _: Signed,
    Path((file, name)): Path<(String, String)>,
) -> Answer<ObjectiveInFull> {
    let (of, found) = objective::find(&app.project, &file, &name).ok_or(Failure::NotThere)?;
    let session = app.session().await?;
    let reached = objective::reached(&session, of, found).await?;
    let parts = match reached.last() {
        Some(last) => kept::parts(&session, last.run, (&file, &name)).await?,
        None => Vec::new(),
    };
    let objective = objective(&file, &reached);
    Ok(Json(ObjectiveInFull { objective, results: reached.results, parts }))
}
