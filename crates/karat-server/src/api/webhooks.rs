//! Webhooks: programs that are told what happens. For admins.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use karat_pipeline::webhook::{self, Webhook};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use crate::app::App;
use crate::failure::Failure;
use crate::signed::Admin;

/// The programs that are told what happens.
#[utoipa::path(get, path = "/webhooks", tag = "webhooks",
    responses((status = 200, body = Vec<Webhook>)))]
pub async fn list(State(app): State<Arc<App>>, _: Admin) -> Answer<Vec<Webhook>> {
    Ok(Json(webhook::list(&app.session().await?).await?))
}

/// A webhook to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWebhook)]
pub struct New {
    /// Where messages go: `https`, and not into this network unless the project says so.
    #[schema(max_length = 2000)]
    url: String,
    /// What it is told: `job.completed`, `job.failed`, `job.cancelled`, `run.done`, `run.failed`,
    /// `upload.received`; everything, where nobody says.
    #[serde(default)]
    events: Vec<String>,
}

/// A webhook that was just made.
#[derive(Serialize, ToSchema)]
#[schema(as = MadeWebhook)]
pub struct Made {
    number: i64,
    /// What its messages are signed with, as Standard Webhooks write it; it is told here alone.
    secret: String,
}

/// Has a program be told what happens, by messages signed as in Standard Webhooks.
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", request_body = New,
    responses((status = 201, body = Made)))]
pub async fn make(
    State(app): State<Arc<App>>,
    Admin(person): Admin,
    Json(new): Json<New>,
) -> Result<(StatusCode, Json<Made>), Failure> {
    let session = app.acting(&person).await?;
    let told = (new.url.as_str(), &new.events[..]);
    let made = webhook::make(&app.project, &session, &person, told).await?;
    Ok((StatusCode::CREATED, Json(Made { number: made.number, secret: made.secret })))
}

/// Ends a webhook, and forgets what it has not been told yet.
#[utoipa::path(delete, path = "/webhooks/{number}", tag = "webhooks",
    params(("number" = i64, Path,)), responses((status = 204)))]
pub async fn end(
    State(app): State<Arc<App>>,
    Admin(person): Admin,
    Path(number): Path<i64>,
) -> Result<StatusCode, Failure> {
    match webhook::end(&app.acting(&person).await?, number).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Failure::NotThere),
    }
}

/// The job that delivers a message.
#[derive(Serialize, ToSchema)]
pub struct Delivery {
    job: i64,
}

/// Tells a program nothing, to see whether it listens: the event `test`.
#[utoipa::path(post, path = "/webhooks/{number}/test", tag = "webhooks",
    params(("number" = i64, Path,)), responses((status = 202, body = Delivery)))]
pub async fn test(
    State(app): State<Arc<App>>,
    Admin(person): Admin,
    Path(number): Path<i64>,
) -> Result<(StatusCode, Json<Delivery>), Failure> {
    let job = webhook::test(&app.acting(&person).await?, number).await?.ok_or(Failure::NotThere)?;
    Ok((StatusCode::ACCEPTED, Json(Delivery { job })))
}
