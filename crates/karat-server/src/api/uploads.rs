//! Uploads: a file is handed over as the body of a request.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use karat_store::upload::{self as store, Processed, Upload};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Page, Part};
use crate::app::App;
use crate::failure::Failure;
use crate::intake::{arrived, chosen, cut_off, received};
use crate::signed::{Operator, Signed};

/// Files that came, the last first.
#[utoipa::path(get, path = "/uploads", tag = "uploads", params(Part),
    responses((status = 200, body = Page<Upload>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    _: Signed,
    Query(part): Query<Part>,
) -> Answer<Page<Upload>> {
    let limit = part.limit.get();
    let uploads = store::list(&app.session().await?, part.before, limit + 1).await?;
    Ok(Json(Page::of(uploads, limit, |upload| upload.id)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Named {
    /// What the file is called where it comes from.
    name: String,
}

/// Takes a file in. One that is surely of a dataset is brought there by a job; of others say where
/// they belong.
#[utoipa::path(post, path = "/uploads", tag = "uploads", params(Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Upload)))]
pub async fn add(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Query(named): Query<Named>,
    body: Body,
) -> Result<(StatusCode, Json<Upload>), Failure> {
    let incoming = received(&app, body.into_data_stream(), |e| cut_off(e)).await?;
    let upload = arrived(&app, &person, incoming, &named.name).await?;
    Ok((StatusCode::CREATED, Json(upload)))
}

/// A file that came.
#[utoipa::path(get, path = "/uploads/{number}", tag = "uploads",
    params(("number" = i64, Path,)), responses((status = 200, body = Upload)))]
pub async fn one(
    State(app): State<Arc<App>>,
    _: Signed,
    Path(number): Path<i64>,
) -> Answer<Upload> {
    let upload = store::find(&app.session().await?, number).await?;
    upload.map(Json).ok_or(Failure::NotThere)
}

/// Where the rows of a file go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Into {
    dataset: String,
    /// Load bytes that a job was handed before once more.
    #[serde(default)]
    again: bool,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub struct Loading {
    job: i64,
    /// Whether the job is new; else it was handed the same bytes before.
    is_new: bool,
}

/// Has a job bring a file into a dataset.
#[utoipa::path(post, path = "/uploads/{number}/load", tag = "uploads",
    params(("number" = i64, Path,)), request_body = Into,
    responses((status = 200, body = Loading)))]
pub async fn load(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(number): Path<i64>,
    Json(into): Json<Into>,
) -> Answer<Loading> {
    let processed = chosen(&app, &person, number, (&into.dataset, into.again)).await?;
    Ok(Json(match processed {
        Processed::New(job) => Loading { job, is_new: true },
        Processed::Before(job) => Loading { job, is_new: false },
    }))
}
