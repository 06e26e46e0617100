//! How entities are recognised, and from what everything comes.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use karat_pipeline::drift::Drift;
use karat_pipeline::lineage::{self, FieldLineage, Lineage};
use karat_pipeline::model::{Levels, Model as Kept};
use karat_pipeline::status;
use karat_store::status::When;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use crate::app::App;
use crate::failure::found;
use crate::signed::Signed;

/// How an entity is recognised, and how that went.
#[derive(Serialize, ToSchema)]
pub struct Model {
    entity: String,
    /// Match probabilities from which records merge by themselves, and from which people are asked;
    /// none where tiers are declared.
    auto: Option<f64>,
    review: Option<f64>,
    /// The probability that two records drawn at random match.
    prior: Option<f64>,
    /// What was learned: the probabilities of each level of each comparison.
    comparisons: Vec<Levels>,
    resolved: Option<When>,
    records: Option<u64>,
    entities: Option<u64>,
    /// Pairs that wait for somebody.
    reviews: Option<u64>,
    /// What moved since the model was learned.
    #[schema(value_type = Option<Object>)]
    drift: Option<Drift>,
}

/// How an entity is recognised: thresholds, what was learned, and what has moved since.
#[utoipa::path(get, path = "/models/{entity}", tag = "entities",
    params(("entity" = String, Path,)), responses((status = 200, body = Model)))]
pub async fn model(
    State(app): State<Arc<App>>,
    _: Signed,
    Path(name): Path<String>,
) -> Answer<Model> {
    let entity = app.entity(&name)?;
    let stands = status::entity(&app.session().await?, entity).await?;
    let thresholds = entity.matching.thresholds();
    let (state, learned) = (stands.state.as_ref(), stands.model.as_ref());
    Ok(Json(Model {
        auto: thresholds.map(|thresholds| thresholds.auto),
        review: thresholds.map(|thresholds| thresholds.review),
        prior: learned.and_then(Kept::prior),
        comparisons: learned.map_or_else(Vec::new, Kept::levels),
        resolved: state.map(|state| state.resolved.clone()),
        records: state.map(|state| state.records),
        entities: state.map(|state| state.entities),
        reviews: state.map(|state| state.reviews),
        entity: name,
        drift: stands.drift,
    }))
}

/// From which files, over which datasets and entities, outputs come.
#[utoipa::path(get, path = "/lineage", tag = "entities",
    responses((status = 200, body = Lineage)))]
pub async fn lineage(State(app): State<Arc<App>>, _: Signed) -> Json<Lineage> {
    Json(lineage::lineage(&app.project))
}

/// From which columns of which files a golden field comes.
#[utoipa::path(get, path = "/lineage/{entity}/{field}", tag = "entities",
    params(("entity" = String, Path,), ("field" = String, Path,)),
    responses((status = 200, body = FieldLineage)))]
pub async fn field(
    State(app): State<Arc<App>>,
    _: Signed,
    Path((entity, name)): Path<(String, String)>,
) -> Answer<FieldLineage> {
    Ok(Json(found(lineage::field(&app.project, &format!("{entity}.{name}")))?))
}
