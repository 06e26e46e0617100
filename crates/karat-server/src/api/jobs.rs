//! Jobs and runs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use karat_pipeline::account::Person;
use karat_pipeline::check;
use karat_pipeline::queue::run::{How, put};
use karat_pipeline::queue::{self, Job, State as JobState, Wanted};
use karat_pipeline::resolve::Effort;
use karat_pipeline::run::{Request, Step};
use karat_record::{Kind, Problem};
use karat_store::Session;
use karat_store::run::{self, Run};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Limit, Page, Part};
use crate::app::App;
use crate::failure::{Failure, found};
use crate::signed::{Operator, Signed};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Only jobs in this state.
    state: Option<JobState>,
    /// Only jobs of this kind, such as `run`.
    kind: Option<String>,
    /// Only jobs with a smaller number: `next` of the page before.
    before: Option<i64>,
    /// How many.
    #[serde(default)]
    limit: Limit,
}

/// Jobs, the last first.
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(Asked),
    responses((status = 200, body = Page<Job>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    _: Signed,
    Query(asked): Query<Asked>,
) -> Answer<Page<Job>> {
    let Asked { state, kind, before, limit } = asked;
    let limit = limit.get();
    let wanted = Wanted { state, kind: kind.as_deref(), before, limit: limit + 1 };
    let jobs = queue::list(&app.session().await?, &wanted).await?;
    Ok(Json(Page::of(jobs, limit, |job| job.id)))
}

/// A run to be done by a worker.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// `deploy`, `load`, `check`, `resolve`, `check-golden`, `objectives`, `outputs`; all, where
    /// none is named.
    #[serde(default)]
    steps: Vec<String>,
    /// Resolve everything, and not what changes can reach.
    #[serde(default)]
    everything: bool,
    /// Each step as a job of its own, one after the other.
    #[serde(default)]
    by_step: bool,
    /// Jobs that have to be completed before it begins.
    #[serde(default)]
    after: Vec<i64>,
    /// Larger comes first.
    #[serde(default)]
    priority: i16,
    /// Seconds until it may begin.
    #[serde(default)]
    delay: u32,
    /// How often it may fail before it is given up; 5, where nobody says.
    #[schema(minimum = 1, maximum = 100)]
    attempts: Option<u8>,
    /// Seconds that an attempt may take; any, where nobody says.
    #[schema(minimum = 1)]
    time_limit: Option<u32>,
}

/// What was put into the queue.
#[derive(Serialize, ToSchema)]
pub struct Ordered {
    /// The numbers of its jobs.
    jobs: Vec<i64>,
}

/// Puts a run into the queue, as `karat run --queue` does.
#[utoipa::path(post, path = "/jobs", tag = "jobs", request_body = Order,
    responses((status = 201, body = Ordered)))]
pub async fn order(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Json(order): Json<Order>,
) -> Result<(StatusCode, Json<Ordered>), Failure> {
    let named = |name: &String| {
        let unknown = || Problem::new(Kind::Usage, format!("there is no step {name:?}"));
        Step::named(name).ok_or_else(unknown)
    };
    let mut steps = order.steps.iter().map(named).collect::<Result<Vec<Step>, Problem>>()?;
    if steps.is_empty() {
        steps = Step::ALL.to_vec();
    }
    steps.sort_unstable();
    steps.dedup();
    let attempts = order.attempts.unwrap_or(5);
    if !(1..=100).contains(&attempts) || order.time_limit == Some(0) {
        let what = "an order has 1 to 100 attempts, each of a second at least";
        return Err(Problem::new(Kind::Usage, what).into());
    }
    let request = Request {
        steps,
        command: "run".to_owned(),
        entities: Vec::new(),
        effort: if order.everything { Effort::Everything } else { Effort::Changes },
        files: Vec::new(),
        report: None,
        checks: check::Options::default(),
    };
    let how = How {
        by_step: order.by_step,
        after: order.after,
        priority: order.priority,
        delay: order.delay,
        attempts: attempts.into(),
        time_limit: order.time_limit,
    };
    let session = app.acting(&person).await?;
    let jobs = put(&app.project, &session, (&request, &how)).await?;
    Ok((StatusCode::CREATED, Json(Ordered { jobs })))
}

/// A job.
#[utoipa::path(get, path = "/jobs/{number}", tag = "jobs", params(("number" = i64, Path,)),
    responses((status = 200, body = Job)))]
pub async fn one(State(app): State<Arc<App>>, _: Signed, Path(number): Path<i64>) -> Answer<Job> {
    found(queue::find(&app.session().await?, number).await).map(Json)
}

/// Asks to cancel a job: one that runs ends at its next chance.
#[utoipa::path(post, path = "/jobs/{number}/cancel", tag = "jobs",
    params(("number" = i64, Path,)), responses((status = 200, body = Job)))]
pub async fn cancel(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(number): Path<i64>,
) -> Answer<Job> {
    let session = acting_on(&app, &person, number).await?;
    queue::cancel(&session, number).await?;
    Ok(Json(queue::find(&session, number).await?))
}

/// Lets a job that was given up or cancelled begin anew, with all its attempts.
#[utoipa::path(post, path = "/jobs/{number}/retry", tag = "jobs",
    params(("number" = i64, Path,)), responses((status = 200, body = Job)))]
pub async fn retry(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(number): Path<i64>,
) -> Answer<Job> {
    let session = acting_on(&app, &person, number).await?;
    queue::retry(&session, number).await?;
    Ok(Json(queue::find(&session, number).await?))
}

/// A connection for what a person does to a job that is there.
async fn acting_on(app: &App, person: &Person, number: i64) -> Result<Session, Failure> {
    let session = app.acting(person).await?;
    found(queue::find(&session, number).await)?;
    Ok(session)
}

/// Runs with their steps, the last first.
#[utoipa::path(get, path = "/runs", tag = "jobs", params(Part),
    responses((status = 200, body = Page<Run>)))]
pub async fn runs(
    State(app): State<Arc<App>>,
    _: Signed,
    Query(part): Query<Part>,
) -> Answer<Page<Run>> {
    let limit = part.limit.get();
    let runs = run::list(&app.session().await?, part.before, limit + 1).await?;
    Ok(Json(Page::of(runs, limit, |run| run.number)))
}

/// A run with its steps.
#[utoipa::path(get, path = "/runs/{number}", tag = "jobs", params(("number" = i64, Path,)),
    responses((status = 200, body = Run)))]
pub async fn run(State(app): State<Arc<App>>, _: Signed, Path(number): Path<i64>) -> Answer<Run> {
    let runs = run::list(&app.session().await?, number.checked_add(1), 1).await?;
    let run = runs.into_iter().find(|run| run.number == number);
    run.map(Json).ok_or(Failure::NotThere)
}
