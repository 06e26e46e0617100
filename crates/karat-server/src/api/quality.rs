//! How things stand: everything at a glance, datasets, rejected rows, and who changed what.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use karat_pipeline::{check, status as pipeline};
use karat_record::{Kind, Problem};
use karat_store::audit::{self, Entry, Wanted};
use karat_store::rejects::{self, Filter, Group, Rejected};
use karat_store::status::{self, Dataset};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Limit};
use crate::app::App;
use crate::failure::Failure;
use crate::signed::{Operator, Signed};

/// How everything stands and what needs somebody, as `karat status --format json` says it.
#[utoipa::path(get, path = "/status", tag = "quality",
    responses((status = 200, body = inline(serde_json::Map<String, Value>))))]
pub async fn status(State(app): State<Arc<App>>, signed: Signed) -> Answer<Value> {
    let address = signed.address(&app);
    Ok(Json(pipeline::status(&app.context(&address)).await?.json()))
}

/// What is loaded, and how it stands.
#[utoipa::path(get, path = "/datasets", tag = "quality",
    responses((status = 200, body = Vec<Dataset>)))]
pub async fn datasets(State(app): State<Arc<App>>, _: Signed) -> Answer<Vec<Dataset>> {
    let names: Vec<&str> = app.project.datasets.iter().map(|d| d.name.as_str()).collect();
    Ok(Json(status::datasets(&app.session().await?, &names).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only rows that this rule rejected.
    rule: Option<String>,
    /// Those that are not open, too.
    #[serde(default)]
    all: bool,
    /// How many.
    #[serde(default)]
    limit: Limit,
}

/// Rejected rows of a dataset.
#[derive(Serialize, ToSchema)]
pub struct Rejects {
    /// How many there are.
    total: u64,
    /// Open ones by column and rule.
    groups: Vec<Group>,
    /// The first of them, the latest load first.
    rows: Vec<Rejected>,
}

/// Rows of a dataset that were rejected, and why.
#[utoipa::path(get, path = "/datasets/{dataset}/rejects", tag = "quality",
    params(("dataset" = String, Path,), Which), responses((status = 200, body = Rejects)))]
pub async fn rejects(
    State(app): State<Arc<App>>,
    _: Signed,
    Path(name): Path<String>,
    Query(which): Query<Which>,
) -> Answer<Rejects> {
    app.project.dataset(&name).ok_or(Failure::NotThere)?;
    let session = app.session().await?;
    let mut groups = rejects::summary(&session, false).await?;
    groups.retain(|group| group.dataset == name);
    let rule = which.rule.as_deref();
    let filter = Filter { dataset: Some(&name), loads: &[], rule, all: which.all };
    let (total, rows) = rejects::list(&session, &filter, which.limit.get()).await?;
    Ok(Json(Rejects { total, groups, rows }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Changes {
    /// Only changes of this table, as SCHEMA.NAME; without a schema it is `public`.
    table: Option<String>,
    /// Only changes of the row with this key.
    key: Option<String>,
    /// Only changes since then, such as `2026-03-01`.
    since: Option<String>,
    /// Only changes by this person, login or role.
    by: Option<String>,
    /// How many.
    #[serde(default)]
    limit: Limit,
}

/// Who changed what, the last first: for those who may change something themselves.
#[utoipa::path(get, path = "/audit", tag = "quality", params(Changes),
    responses((status = 200, body = Vec<Entry>)))]
pub async fn audit(
    State(app): State<Arc<App>>,
    _: Operator,
    Query(changes): Query<Changes>,
) -> Answer<Vec<Entry>> {
    let Changes { table, key, since, by, limit } = changes;
    let moment = |text: &String| {
        let problem = Problem::new(Kind::Usage, format!("{text:?} is no moment"));
        let problem = problem.hint("a date, or a time with its offset");
        check::moment(text).map(|moment| moment.to_string()).ok_or(problem)
    };
    let since = since.as_ref().map(moment).transpose()?;
    let wanted = Wanted {
        table: table.as_deref(),
        key: key.as_deref(),
        since: since.as_deref(),
        by: by.as_deref(),
        limit: limit.get(),
    };
    Ok(Json(audit::list(&app.session().await?, &wanted).await?))
}
