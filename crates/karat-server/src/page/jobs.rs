//! Jobs: what is in the queue, how far it is, and what became of it.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use karat_pipeline::queue::{self, Job, State as JobState, Wanted};
use karat_record::Kind;
use karat_store::Session;
use serde::Deserialize;

use super::took;
use crate::app::App;
use crate::failure::{Answer, Failure, page};
use crate::frame::Frame;
use crate::signed::{Operator, Signed};

/// Jobs on a page.
const MANY: u32 = 50;

#[derive(Template)]
#[template(path = "jobs.html")]
struct All {
    frame: Frame,
    jobs: Vec<Job>,
    states: [JobState; 8],
    state: Option<JobState>,
    older: Option<i64>,
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    state: String,
    before: Option<i64>,
}

pub async fn all(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Answer {
    let state = JobState::named(&asked.state);
    let wanted = Wanted { state, kind: None, before: asked.before, limit: MANY };
    let jobs = queue::list(&app.session().await?, &wanted).await?;
    let older = jobs.last().filter(|_| jobs.len() == MANY as usize).map(|job| job.id);
    let frame = signed.frame(&app, "Jobs", "Jobs");
    page(&All { frame, jobs, states: JobState::ALL, state, older })
}

#[derive(Template)]
#[template(path = "job.html")]
struct One {
    frame: Frame,
    job: Job,
    errors: Vec<Failed>,
}

/// An attempt that failed.
struct Failed {
    attempt: String,
    at: String,
    what: String,
}

/// What a job says of how far it is, and the part of it that is done, of 1.
fn progress(job: &Job) -> Option<(String, Option<f64>)> {
    let said = job.progress.as_ref()?;
    let part = said["done"].as_f64().zip(said["of"].as_f64().filter(|of| *of > 0.0));
    let note = said["note"].as_str().unwrap_or_default().to_owned();
    Some((note, part.map(|(done, of)| (done / of).clamp(0.0, 1.0))))
}

pub async fn one(State(app): State<Arc<App>>, signed: Signed, Path(number): Path<i64>) -> Answer {
    let job = match queue::find(&app.session().await?, number).await {
        Err(problem) if problem.kind == Kind::Usage => return Err(Failure::NotThere),
        found => found?,
    };
    let failed = |error: &serde_json::Value| Failed {
        attempt: error["attempt"].to_string(),
        at: error["at"].as_str().unwrap_or_default().to_owned(),
        what: error["what"].as_str().unwrap_or_default().to_owned(),
    };
    let errors = job.errors.as_array().into_iter().flatten().map(failed).collect();
    let frame = signed.frame(&app, "Jobs", &format!("Job {number}"));
    page(&One { frame, job, errors })
}

#[derive(Deserialize)]
pub struct Change {
    /// `cancel` or `retry`.
    what: String,
}

pub async fn change(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(number): Path<i64>,
    Form(Change { what }): Form<Change>,
) -> Result<Redirect, Failure> {
    let session = Session::open(&app.address(&person.name)).await?;
    match what.as_str() {
        "cancel" => queue::cancel(&session, number).await?,
        "retry" => queue::retry(&session, number).await?,
        _ => return Err(Failure::NotThere),
    };
    Ok(Redirect::to(&format!("/jobs/{number}")))
}
