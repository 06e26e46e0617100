//! Uploads: a file is handed over, recognised, and brought where it belongs.

use std::fmt::Display;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Form;
use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use futures_util::{Stream, StreamExt};
use karat_pipeline::account::Person;
use karat_pipeline::detect::{Candidate, Detection};
use karat_pipeline::project::dataset::Origin;
use karat_pipeline::queue::State as JobState;
use karat_pipeline::upload::{self, Incoming};
use karat_record::{Kind, Problem};
use karat_store::upload::{self as store, Processed, Upload};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::{Before, MANY, ago, many, older, size};
use crate::app::App;
use crate::failure::{Answer, Failure, page};
use crate::frame::Frame;
use crate::signed::{Operator, Signed};

/// How long the next piece of a file may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pieces that wait to be written.
const AHEAD: usize = 4;

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

/// Keeps a file that has come; one that is surely of a dataset is brought there by a job.
pub async fn arrived(
    app: &App,
    person: &Person,
    incoming: Incoming,
    name: &str,
) -> Result<Upload, Failure> {
    let session = app.acting(person).await?;
    let kept = upload::keep(&app.project, &session, incoming, (name, &person.name)).await?;
    if let Ok(detection) = upload::recognise(&app.project, &session, &kept).await
        && let Some(best) = detection.automatic()
    {
        let into = (best.dataset.as_str(), false);
        upload::process(&app.project, &session, &kept, into).await?;
    }
    store::find(&session, kept.id).await?.ok_or(Failure::NotThere)
}

/// Writes a file while it comes.
pub async fn received<E>(
    app: &App,
    pieces: impl Stream<Item = Result<Bytes, E>>,
    refused: impl Fn(&E) -> Failure,
) -> Result<Incoming, Failure> {
    let mut coming = pin!(pieces);
    let mut incoming = upload::begin(&app.project)?;
    let (send, mut pieces) = mpsc::channel::<Bytes>(AHEAD);
    let writing = spawn_blocking(move || {
        while let Some(piece) = pieces.blocking_recv() {
            incoming.take(&piece)?;
        }
        Ok::<_, std::io::Error>(incoming)
    });
    let mut bytes = 0;
    let come = loop {
        match timeout(PATIENCE, coming.next()).await {
            Err(_) => break Err(slow()),
            Ok(Some(Err(error))) => break Err(refused(&error)),
            Ok(None) => break Ok(()),
            Ok(Some(Ok(piece))) => {
                bytes += piece.len() as u64;
                if bytes > app.upload_limit {
                    break Err(too_large(app.upload_limit));
                }
                if send.send(piece).await.is_err() {
                    break Ok(());
                }
            }
        }
    };
    drop(send);
    let cannot = |e: &dyn Display| {
        Problem::new(Kind::Permission, format!("the file cannot be written: {e}"))
    };
    let incoming = writing.await.map_err(|e| cannot(&e))?.map_err(|e| cannot(&e))?;
    come.map(|()| incoming)
}

fn too_large(limit: u64) -> Failure {
    let what = format!("the file is larger than {}", size(&limit));
    Failure::TooLarge(Problem::new(Kind::Input, what).hint("karat serve --upload-limit raises it"))
}

fn slow() -> Failure {
    Problem::new(Kind::Input, "the file stopped coming").hint("try again").into()
}

fn broken(error: &MultipartError, app: &App) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(app.upload_limit);
    }
    cut_off(error)
}

/// Why a file did not come whole.
pub fn cut_off(error: &dyn Display) -> Failure {
    Problem::new(Kind::Input, format!("the file did not come whole: {error}"))
        .hint("try again")
        .into()
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
    let session = app.acting(&person).await?;
    let upload = store::find(&session, number).await?.ok_or(Failure::NotThere)?;
    let into = (dataset.as_str(), again);
    let processed = upload::process(&app.project, &session, &upload, into).await?;
    if let Ok(detection) = upload::recognise(&app.project, &session, &upload).await
        && detection.automatic().is_none_or(|best| best.dataset != dataset)
    {
        upload::remember(&session, &detection, &dataset).await?;
    }
    Ok(Redirect::to(&match processed {
        Processed::New(job) => format!("/jobs/{job}"),
        Processed::Before(_) => format!("/uploads/{number}"),
    }))
}
