//! Outputs: the files that runs made, and links to them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use karat_pipeline::outputs::link::{self, Disposition, LONGEST, Terms};
use karat_pipeline::outputs::{self, Kept};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use crate::app::App;
use crate::failure::Failure;
use crate::page::outputs::now;
use crate::signed::{Admin, Operator, Signed};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Of {
    /// The run that made them; those in force, where it is not given.
    run: Option<i64>,
}

/// Files that runs made.
#[utoipa::path(get, path = "/outputs", tag = "outputs", params(Of),
    responses((status = 200, body = Vec<Kept>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(of): Query<Of>,
) -> Answer<Vec<Kept>> {
    let address = signed.address(&app);
    Ok(Json(outputs::list(&app.context(&address), of.run).await?))
}

/// For how long a link is good, and what a browser does with it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// An hour, where nobody says; a week at most.
    #[schema(minimum = 1, maximum = 604_800)]
    seconds: Option<u32>,
    /// Show it instead of saving it.
    #[serde(default)]
    inline: bool,
}

/// A link, for whoever has it.
#[derive(Serialize, ToSchema)]
pub struct Link {
    url: String,
    /// For how long it is good.
    seconds: u32,
}

/// Makes a link to a file, for whoever has it.
#[utoipa::path(post, path = "/outputs/{id}/links", tag = "outputs",
    params(("id" = String, Path,)), request_body = Wanted,
    responses((status = 201, body = Link)))]
pub async fn link(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(id): Path<String>,
    Json(wanted): Json<Wanted>,
) -> Result<(StatusCode, Json<Link>), Failure> {
    let session = app.acting(&person).await?;
    outputs::find(&session, &id).await?.ok_or(Failure::NotThere)?;
    let disposition = if wanted.inline { Disposition::Inline } else { Disposition::Attachment };
    let seconds = wanted.seconds.unwrap_or(60 * 60).min(LONGEST + 1);
    let terms = Terms { seconds, disposition, ..Terms::default() };
    let path = link::sign(&session, &id, &terms, now()).await?;
    let url = format!("{}{path}", app.url());
    Ok((StatusCode::CREATED, Json(Link { url, seconds })))
}

/// Has all links end.
#[utoipa::path(delete, path = "/outputs/links", tag = "outputs", responses((status = 204)))]
pub async fn revoke(
    State(app): State<Arc<App>>,
    Admin(person): Admin,
) -> Result<StatusCode, Failure> {
    link::revoke(&app.acting(&person).await?, now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
