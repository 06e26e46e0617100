//! Golden records: looking for them, where their values come from, and what happened to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use karat_pipeline::resolve;
use karat_pipeline::resolve::history::{self, History};
use karat_pipeline::resolve::origin::{self, Golden};
use karat_store::golden;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Limit};
use crate::app::App;
use crate::failure::found;
use crate::signed::Signed;

/// An entity that the project declares.
#[derive(Serialize, ToSchema)]
pub struct Entity {
    name: String,
    /// The table of its golden records.
    table: String,
    /// The columns of that table.
    columns: Vec<String>,
}

/// What the project resolves.
#[utoipa::path(get, path = "/entities", tag = "entities",
    responses((status = 200, body = Vec<Entity>)))]
pub async fn all(State(app): State<Arc<App>>, _: Signed) -> Answer<Vec<Entity>> {
    let entity = |entity: &karat_pipeline::project::Entity| Entity {
        name: entity.name.clone(),
        table: entity.golden.table.to_string(),
        columns: entity.golden.columns.iter().map(|column| column.name.clone()).collect(),
    };
    Ok(Json(app.project.entities.iter().map(entity).collect()))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// A text in any of the values, whatever its capitals; all, where it is not given.
    #[serde(default)]
    q: String,
    /// The entity of this record, as SOURCE:KEY, instead.
    record: Option<String>,
    /// Only records with a larger id: the last of the page before.
    after: Option<String>,
    /// How many.
    #[serde(default)]
    limit: Limit,
}

/// Golden records.
#[derive(Serialize, ToSchema)]
pub struct Found {
    items: Vec<Item>,
    /// The list goes on with `after` set to this; null where this is its end.
    next: Option<String>,
}

/// A golden record: its id and its values.
#[derive(Serialize, ToSchema)]
pub struct Item {
    id: String,
    values: BTreeMap<String, Value>,
}

/// Looks for golden records, by id.
#[utoipa::path(get, path = "/entities/{entity}/records", tag = "entities",
    params(("entity" = String, Path,), Asked), responses((status = 200, body = Found)))]
pub async fn search(
    State(app): State<Arc<App>>,
    _: Signed,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer<Found> {
    let entity = app.entity(&name)?;
    let session = app.session().await?;
    let place = (&entity.golden.table, entity.golden.id.as_str());
    let limit = asked.limit.get();
    let mut found = match &asked.record {
        Some(record) => {
            let record = record.split_once(':').unwrap_or((record, ""));
            match golden::of_record(&session, &entity.name, record).await? {
                Some(id) => golden::one(&session, place, &id).await?.into_iter().collect(),
                None => Vec::new(),
            }
        }
        None => {
            let after = asked.after.as_deref().map(resolve::id).transpose()?;
            let after = after.map(|id| resolve::shown(&id));
            let wanted = (asked.q.trim(), after.as_deref());
            app.search(&session, entity, wanted, limit + 1).await?
        }
    };
    let goes_on = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| goes_on).map(|last| last.id.clone());
    let item = |found: golden::Found| {
        let values = match found.row {
            Value::Object(row) => row.into_iter().collect(),
            _ => BTreeMap::new(),
        };
        Item { id: found.id, values }
    };
    Ok(Json(Found { items: found.into_iter().map(item).collect(), next }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Of {
    /// Only this golden column.
    field: Option<String>,
}

/// A golden record: each value with the record, load, file and row that it is from, the rule that
/// chose it, and what it beat.
#[utoipa::path(get, path = "/entities/{entity}/records/{id}", tag = "entities",
    params(("entity" = String, Path,), ("id" = String, Path,), Of),
    responses((status = 200, body = Golden)))]
pub async fn one(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path((name, id)): Path<(String, String)>,
    Query(of): Query<Of>,
) -> Answer<Golden> {
    let entity = app.entity(&name)?;
    let address = signed.address(&app);
    let of = (id.as_str(), of.field.as_deref());
    found(origin::explain(&app.context(&address), entity, of).await).map(Json)
}

/// What happened to a golden record, by its id of today or of any day before.
#[utoipa::path(get, path = "/entities/{entity}/records/{id}/history", tag = "entities",
    params(("entity" = String, Path,), ("id" = String, Path,)),
    responses((status = 200, body = History)))]
pub async fn history(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path((name, id)): Path<(String, String)>,
) -> Answer<History> {
    let entity = app.entity(&name)?;
    let address = signed.address(&app);
    found(history::history(&app.context(&address), entity, &id).await).map(Json)
}
