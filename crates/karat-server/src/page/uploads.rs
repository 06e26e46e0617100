//! Uploads: a file is handed over, recognised, and brought where it belongs.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use karat_pipeline::detect::{Candidate, Detection};
use karat_pipeline::project::dataset::Origin;
use karat_pipeline::queue::State as JobState;
use karat_pipeline::upload;
use karat_record::{Kind, Problem};
use karat_store::upload::{self as store, Processed, Upload};
use serde::Deserialize;
use tokio::time::timeout;

use super::{Before, MANY, ago, many, older, size};
use crate::app::App;
use crate::failure::{Answer, Failure, page};
use crate::frame::Frame;
use crate::intake::{PATIENCE, arrived, chosen, cut_off, received, slow, too_large};
use crate::signed::{Operator, Signed};

#[derive(Template)]
#[template(path = "uploads.html")]
struct All {
    frame: Frame,
    uploads: Vec<Upload>,
    limit: String,
    older: Option<i64>,
}

pub async fn all(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(Before { before }): Query<Before>,
) -> Answer {
    let uploads = store::list(&app.session().await?, before, MANY).await?;
    let older = older(&uploads, |last| last.id);
    let limit = size(&app.upload_limit);
    page(&All { frame: signed.frame(&app, "Uploads", "Uploads"), uploads, limit, older })
}

/// A share of 1 as a percentage.
fn percent(share: &f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Whether no job works on it.
fn has_ended(upload: &Upload) -> bool {
    let state = upload.job.as_ref().and_then(|(_, state)| JobState::named(state));
    state.is_none_or(JobState::is_final)
}

/// Whether a dataset is the one to choose first: the one that was chosen, or the likeliest.
fn is_first(name: &str, upload: &Upload, candidates: &[Candidate]) -> bool {
    let likeliest = || candidates.first().map(|best| best.dataset.as_str());
    upload.dataset.as_deref().or_else(likeliest) == Some(name)
}

/// Takes a file in. One that is surely of a dataset is brought there; of others somebody chooses.
pub async fn add(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    mut form: Multipart,
) -> Result<Redirect, Failure> {
    let missing = || Problem::new(Kind::Input, "no file came").hint("choose a file first");
    let field = timeout(PATIENCE, form.next_field()).await.map_err(|_| slow())?;
    let field = field.map_err(|e| broken(&e, &app))?.ok_or_else(missing)?;
    let name = field.file_name().unwrap_or_default().to_owned();
    let incoming = received(&app, field, |e| broken(e, &app)).await?;
    let upload = arrived(&app, &person, incoming, &name).await?;
    Ok(Redirect::to(&format!("/uploads/{}", upload.id)))
}

fn broken(error: &MultipartError, app: &App) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(app.upload_limit);
    }
    cut_off(error)
}

#[derive(Template)]
#[template(path = "upload.html")]
struct One {
    frame: Frame,
    upload: Upload,
    detection: Option<Detection>,
    /// Why it cannot be recognised.
    unread: Option<Problem>,
    datasets: Vec<String>,
}

impl One {
    /// The datasets that are worth a look.
    fn candidates(&self) -> &[Candidate] {
        let all = self.detection.as_ref().map_or(&[][..], |found| &found.candidates);
        &all[..all.len().min(3)]
    }
}

pub async fn one(State(app): State<Arc<App>>, signed: Signed, Path(number): Path<i64>) -> Answer {
    let session = app.session().await?;
    let upload = store::find(&session, number).await?.ok_or(Failure::NotThere)?;
    let (detection, unread) = match upload::recognise(&app.project, &session, &upload).await {
        Ok(found) => (Some(found), None),
        Err(problems) => (None, problems.0.into_iter().next()),
    };
    let is_of_files = |origin: &Origin| matches!(origin, Origin::Files { .. });
    let datasets = app.project.datasets.iter().filter(|d| is_of_files(&d.origin));
    let datasets = datasets.map(|dataset| dataset.name.clone()).collect();
    let frame = signed.frame(&app, "Uploads", &upload.name);
    page(&One { frame, upload, detection, unread, datasets })
}

/// What became of an upload: the part of its page that changes by itself.
#[derive(Template)]
#[template(path = "upload_state.html")]
struct Became {
    upload: Upload,
}

pub async fn state(State(app): State<Arc<App>>, _: Signed, Path(number): Path<i64>) -> Answer {
    let found = store::find(&app.session().await?, number).await?;
    page(&Became { upload: found.ok_or(Failure::NotThere)? })
}

#[derive(Deserialize)]
pub struct Process {
    dataset: String,
    #[serde(default)]
    again: bool,
}

/// Brings a file into the dataset that somebody chose.
pub async fn process(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(number): Path<i64>,
    Form(Process { dataset, again }): Form<Process>,
) -> Result<Redirect, Failure> {
    let processed = chosen(&app, &person, number, (&dataset, again)).await?;
    Ok(Redirect::to(&match processed {
        Processed::New(job) => format!("/jobs/{job}"),
        Processed::Before(_) => format!("/uploads/{number}"),
    }))
}
