//! Jobs: what is in the queue, how far it is, and what became of it.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use karat_pipeline::queue::{self, Job, State as JobState, Wanted};
use serde::Deserialize;

use super::{MANY, older, took};
use crate::app::App;
use crate::failure::{Answer, Failure, found, page};
use crate::frame::Frame;
use crate::signed::{Operator, Signed};

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
    let older = older(&jobs, |job| job.id);
    let frame = signed.frame(&app, "Jobs", "Jobs");
    page(&All { frame, jobs, states: JobState::ALL, state, older })
}

#[derive(Template)]
#[template(path = "job.html")]
struct One {
    frame: Frame,
    job: Job,
}

pub async fn one(State(app): State<Arc<App>>, signed: Signed, Path(number): Path<i64>) -> Answer {
    let job = found(queue::find(&app.session().await?, number).await)?;
    let frame = signed.frame(&app, "Jobs", &format!("Job {number}"));
    page(&One { frame, job })
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
    let session = app.acting(&person).await?;
    match what.as_str() {
        "cancel" => queue::cancel(&session, number).await?,
        "retry" => queue::retry(&session, number).await?,
        _ => return Err(Failure::NotThere),
    };
    Ok(Redirect::to(&format!("/jobs/{number}")))
}
