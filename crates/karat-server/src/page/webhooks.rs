//! Webhooks: programs that are told what happens.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Redirect;
use karat_pipeline::account::Person;
use karat_pipeline::webhook::{self, EVENTS, Made, Webhook};

use crate::app::App;
use crate::failure::{Answer, Failure, page};
use crate::fields::Fields;
use crate::frame::Frame;
use crate::signed::{Admin, Signed};

#[derive(Template)]
#[template(path = "webhooks.html")]
struct All {
    frame: Frame,
    webhooks: Vec<Webhook>,
    /// What programs can be told.
    events: [&'static str; EVENTS.len()],
    /// One that was just made; its secret is told once.
    made: Option<Made>,
}

pub async fn all(State(app): State<Arc<App>>, Admin(person): Admin) -> Answer {
    told(&app, person, None).await
}

async fn told(app: &App, person: Person, made: Option<Made>) -> Answer {
    let webhooks = webhook::list(&app.session().await?).await?;
    let frame = Signed(person).frame(app, "Accounts", "Webhooks");
    page(&All { frame, webhooks, events: EVENTS, made })
}

/// Makes a webhook of the fields `url` and `event`, the latter as often as there are events.
pub async fn make(
    State(app): State<Arc<App>>,
    Admin(person): Admin,
    Form(given): Form<Fields>,
) -> Answer {
    let events: Vec<String> = given.all("event").map(str::to_owned).collect();
    let url = given.first("url").unwrap_or_default().trim();
    let session = app.acting(&person).await?;
    let made = webhook::make(&app.project, &session, &person, (url, &events)).await?;
    drop(session);
    told(&app, person, Some(made)).await
}

pub async fn end(
    State(app): State<Arc<App>>,
    Admin(person): Admin,
    Path(number): Path<i64>,
) -> Result<Redirect, Failure> {
    match webhook::end(&app.acting(&person).await?, number).await? {
        true => Ok(Redirect::to("/webhooks")),
        false => Err(Failure::NotThere),
    }
}

/// Has a program told nothing, and leads to the job that does so.
pub async fn test(
    State(app): State<Arc<App>>,
    Admin(person): Admin,
    Path(number): Path<i64>,
) -> Result<Redirect, Failure> {
    let job = webhook::test(&app.acting(&person).await?, number).await?.ok_or(Failure::NotThere)?;
    Ok(Redirect::to(&format!("/jobs/{job}")))
}
