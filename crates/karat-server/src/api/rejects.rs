//! A rejected row: mended and loaded, or given up.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use karat_pipeline::rejects::{self as pipeline, Mended};
use karat_record::{Kind, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::failure::Failure;
use crate::rejected::{At, dismissed, found};
use crate::signed::Operator;

/// A rejected row as it should have been: its cells, or the row as its file would write it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MendedRow)]
pub struct Given {
    /// A text for each column of its file.
    cells: Option<Vec<String>>,
    /// Instead of cells, where the row could not be cut into them.
    raw: Option<String>,
    /// Whether it takes the place of a row with the same key.
    #[serde(default)]
    overwrite: bool,
}

/// The job that loads it.
#[derive(Serialize, ToSchema)]
#[schema(as = Replay)]
pub struct Ordered {
    job: i64,
}

/// Has a rejected row loaded as it was mended.
#[utoipa::path(post, path = "/datasets/{dataset}/rejects/{load}/{line}", tag = "quality",
    params(("dataset" = String, Path,), ("load" = i64, Path,), ("line" = i64, Path,)),
    request_body = Given, responses((status = 202, body = Ordered)))]
pub async fn mend(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(at): Path<At>,
    Json(given): Json<Given>,
) -> Result<(StatusCode, Json<Ordered>), Failure> {
    let session = app.acting(&person).await?;
    let (_, now) = found(&app, &session, &at).await?;
    let mended = match (given.cells, given.raw) {
        (Some(cells), None) => Mended::Cells(cells),
        (None, Some(raw)) => Mended::Raw(raw),
        _ => return Err(Problem::new(Kind::Usage, "either cells or raw says the row").into()),
    };
    let overwrite = given.overwrite;
    let job = pipeline::mend(&app.project, &session, &now, (&mended, overwrite)).await?;
    Ok((StatusCode::ACCEPTED, Json(Ordered { job })))
}

/// Why a row needs no mending.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dismissal {
    #[schema(min_length = 1)]
    reason: String,
}

/// Gives a rejected row up: it needs no mending.
#[utoipa::path(post, path = "/datasets/{dataset}/rejects/{load}/{line}/dismissal", tag = "quality",
    params(("dataset" = String, Path,), ("load" = i64, Path,), ("line" = i64, Path,)),
    request_body = Dismissal, responses((status = 204)))]
pub async fn dismiss(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(at): Path<At>,
    Json(Dismissal { reason }): Json<Dismissal>,
) -> Result<StatusCode, Failure> {
    dismissed(&app, &person, (&at, &reason)).await?;
    Ok(StatusCode::NO_CONTENT)
}
