//! Reviews: what waits for a person, and what people decided.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use karat_pipeline::review::{self, Deciding, Undone};
use karat_store::review::{self as store, Act, Pair, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Limit};
use crate::app::App;
use crate::failure::{Failure, found};
use crate::signed::{Operator, Signed};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Only pairs of this entity.
    entity: Option<String>,
    /// Those about which somebody was not sure, instead.
    #[serde(default)]
    unsure: bool,
    /// How many.
    #[serde(default)]
    limit: Limit,
}

/// Pairs that wait, first those of which a decision changes most.
#[derive(Serialize, ToSchema)]
pub struct Waiting {
    total: u64,
    /// Pairs about which somebody was asked already, and was not sure.
    unsure: u64,
    pairs: Vec<Pair>,
}

/// Pairs that wait for a person, first those of which a decision changes most.
#[utoipa::path(get, path = "/reviews", tag = "reviews", params(Asked),
    responses((status = 200, body = Waiting)))]
pub async fn waiting(
    State(app): State<Arc<App>>,
    _: Signed,
    Query(asked): Query<Asked>,
) -> Answer<Waiting> {
    let Asked { entity, unsure, limit } = asked;
    let session = app.session().await?;
    let found = store::list(&session, entity.as_deref(), limit.get(), unsure).await?;
    Ok(Json(Waiting { total: found.total, unsure: found.unsure, pairs: found.pairs }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only decisions on this entity.
    entity: Option<String>,
    /// How many.
    #[serde(default)]
    limit: Limit,
}

/// What people decided, the last first.
#[utoipa::path(get, path = "/decisions", tag = "reviews", params(Which),
    responses((status = 200, body = Vec<Act>)))]
pub async fn decisions(
    State(app): State<Arc<App>>,
    _: Signed,
    Query(which): Query<Which>,
) -> Answer<Vec<Act>> {
    let session = app.session().await?;
    let acts = store::acts(&session, which.entity.as_deref(), which.limit.get()).await?;
    Ok(Json(acts))
}

/// A decision. The next run obeys it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    entity: String,
    #[serde(flatten)]
    #[schema(inline)]
    what: What,
    reason: Option<String>,
}

/// What is decided. Records are given as SOURCE:KEY.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// Two records are of one entity.
    Same([String; 2]),
    /// Two records are not of one entity.
    Different([String; 2]),
    /// It cannot be told whether two records are of one entity.
    Unsure([String; 2]),
    /// All records of the entities with these ids are of one.
    Merge(Vec<String>),
    /// Some records of an entity leave it.
    Split(Split),
}

/// Some records of an entity leave it.
#[derive(Deserialize, ToSchema)]
pub struct Split {
    id: String,
    records: Vec<String>,
}

/// A decision on record.
#[derive(Serialize, ToSchema)]
pub struct Noted {
    /// By which it can be taken back.
    number: i64,
    /// What it says.
    done: String,
}

/// Puts a decision on record.
#[utoipa::path(post, path = "/decisions", tag = "reviews", request_body = Decision,
    responses((status = 201, body = Noted)))]
pub async fn decide(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Json(decision): Json<Decision>,
) -> Result<(StatusCode, Json<Noted>), Failure> {
    app.entity(&decision.entity)?;
    let session = app.acting(&person).await?;
    let verdict = match decision.what {
        What::Same(_) | What::Merge(_) => Verdict::Same,
        What::Different(_) | What::Split(_) => Verdict::Different,
        What::Unsure(_) => Verdict::Unsure,
    };
    let deciding = Deciding {
        session: &session,
        author: &person.name,
        entity: &decision.entity,
        verdict,
        reason: decision.reason.as_deref(),
    };
    let noted = match &decision.what {
        What::Same([a, b]) | What::Different([a, b]) | What::Unsure([a, b]) => {
            deciding.pair(a, b).await?
        }
        What::Merge(ids) => deciding.merge(ids).await?,
        What::Split(split) => deciding.split(&split.id, &split.records).await?,
    };
    Ok((StatusCode::CREATED, Json(Noted { number: noted.number, done: noted.done })))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Of {
    /// The entity that was decided on.
    entity: String,
}

/// Takes a decision back.
#[utoipa::path(delete, path = "/decisions/{number}", tag = "reviews",
    params(("number" = i64, Path,), Of), responses((status = 204)))]
pub async fn undo(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(number): Path<i64>,
    Query(of): Query<Of>,
) -> Result<StatusCode, Failure> {
    let session = app.acting(&person).await?;
    let by = (of.entity.as_str(), person.name.as_str());
    found(review::undo(&session, by, Undone::Number(number)).await)?;
    Ok(StatusCode::NO_CONTENT)
}
