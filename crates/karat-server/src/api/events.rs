//! A job while it goes on, as events that the server sends.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use karat_pipeline::queue::{self, Job};
use utoipa::ToSchema;

use crate::app::App;
use crate::failure::{Failure, found};
use crate::signed::Signed;

/// Seconds between two looks at a job.
const PACE: Duration = Duration::from_millis(500);

/// What is sent.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what the stream is written as")]
pub struct Sent {
    /// `job` or `end`.
    event: String,
    /// Of `job` all of it, as JSON.
    data: String,
}

/// What is still to be told of a job.
enum Left {
    /// This, and what follows.
    Job(Box<Job>),
    /// What follows after this was told.
    Told(Box<Job>),
    Nothing,
}

/// Follows a job: an event `job` with all of it now and whenever it has changed, and an event `end`
/// once it has ended, or nothing can be known of it.
#[utoipa::path(get, path = "/jobs/{number}/events", tag = "jobs",
    params(("number" = i64, Path,)),
    responses((status = 200, body = Sent, content_type = "text/event-stream")))]
pub async fn follow(
    State(app): State<Arc<App>>,
    _: Signed,
    Path(number): Path<i64>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let first = found(queue::find(&app.session().await?, number).await)?;
    let events = unfold((app, Left::Job(Box::new(first))), |(app, left)| async move {
        match left {
            Left::Job(job) => {
                let event = Event::default().event("job").json_data(&job);
                Some((Ok(event.unwrap_or_default()), (app, Left::Told(job))))
            }
            Left::Told(job) => {
                let next = changed(&app, &job).await;
                let end = || Event::default().event("end").data("");
                match next {
                    Some(job) => {
                        let event = Event::default().event("job").json_data(&job);
                        Some((Ok(event.unwrap_or_default()), (app, Left::Told(Box::new(job)))))
                    }
                    None => Some((Ok(end()), (app, Left::Nothing))),
                }
            }
            Left::Nothing => None,
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// Waits until a job is not as it was told; none where it has ended.
async fn changed(app: &App, told: &Job) -> Option<Job> {
    if told.state.is_final() {
        return None;
    }
    loop {
        tokio::time::sleep(PACE).await;
        // No connection is kept while nothing happens.
        let job = queue::find(&app.session().await.ok()?, told.id).await.ok()?;
        if (job.state, job.attempt, &job.progress) != (told.state, told.attempt, &told.progress) {
            return Some(job);
        }
    }
}
