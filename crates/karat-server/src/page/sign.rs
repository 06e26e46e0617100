//! Signing in and out, and the links that let people in.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::header::{RETRY_AFTER, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use karat_pipeline::account::{self, Invited, Refusal, SHORTEST};
use karat_record::{Kind, Problem};
use serde::Deserialize;

use crate::app::App;
use crate::failure::{Failure, page};
use crate::signed::{secret, set_cookie};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn<'a> {
    project: &'a str,
    next: &'a str,
    name: &'a str,
    refused: Option<String>,
}

#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub struct Given {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

pub async fn form(State(app): State<Arc<App>>, Query(next): Query<Next>) -> impl IntoResponse {
    page(&SignIn { project: &app.project.name, next: here(&next.next), name: "", refused: None })
}

pub async fn sign_in(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Result<Response, Failure> {
    let session = app.session().await?;
    let by = (given.name.trim(), given.password.as_str());
    match account::sign_in(&session, by, agent(&headers)).await? {
        Ok(new) => {
            leave(&app, &headers).await?;
            Ok(entered(&app, &new, here(&given.next)))
        }
        Err(refusal) => {
            let (project, next) = (app.project.name.as_str(), here(&given.next));
            let refused = Some(match refusal {
                Refusal::Wrong => "Name or password are wrong.".to_owned(),
                Refusal::Locked(seconds) => {
                    format!("Too many attempts. Try again in {seconds} seconds.")
                }
            });
            let again = page(&SignIn { project, next, name: by.0, refused })?;
            Ok(match refusal {
                Refusal::Wrong => (StatusCode::FORBIDDEN, again).into_response(),
                Refusal::Locked(seconds) => {
                    let wait = [(RETRY_AFTER, seconds.to_string())];
                    (StatusCode::TOO_MANY_REQUESTS, wait, again).into_response()
                }
            })
        }
    }
}

/// Ends the session that a browser came with.
async fn leave(app: &App, headers: &HeaderMap) -> Result<(), Failure> {
    match secret(headers, app) {
        Some(secret) => Ok(account::sign_out(&app.session().await?, secret).await?),
        None => Ok(()),
    }
}

pub async fn sign_out(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    leave(&app, &headers).await?;
    // Browsers keep pages to go back to, whatever a page says of that.
    let forget = (HeaderName::from_static("clear-site-data"), "\"cache\"".to_owned());
    let gone = [(SET_COOKIE, set_cookie(&app, None)), forget];
    Ok((gone, Redirect::to("/sign-in")).into_response())
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome<'a> {
    project: &'a str,
    /// None where the link is good for nothing.
    invited: Option<Invited>,
    name: &'a str,
    shortest: usize,
    refused: Option<Problem>,
}

pub async fn welcome(
    State(app): State<Arc<App>>,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    let invited = account::invited(&app.session().await?, &link).await?;
    let status = if invited.is_some() { StatusCode::OK } else { StatusCode::GONE };
    Ok((status, told(&app, invited, "", None)?).into_response())
}

fn told(
    app: &App,
    invited: Option<Invited>,
    name: &str,
    refused: Option<Problem>,
) -> Result<Html<String>, Failure> {
    let project = &app.project.name;
    page(&Welcome { project, invited, name, shortest: SHORTEST, refused })
}

pub async fn accept(
    State(app): State<Arc<App>>,
    Path(link): Path<String>,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Result<Response, Failure> {
    let session = app.session().await?;
    let by = (given.name.as_str(), given.password.as_str());
    match account::accept(&session, &link, by, agent(&headers)).await {
        Ok(new) => {
            leave(&app, &headers).await?;
            Ok(entered(&app, &new, "/"))
        }
        Err(problem) if problem.kind == Kind::Usage => {
            let invited = account::invited(&session, &link).await?;
            let again = told(&app, invited, by.0, Some(problem))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
        Err(problem) => Err(problem.into()),
    }
}

fn entered(app: &App, secret: &str, next: &str) -> Response {
    ([(SET_COOKIE, set_cookie(app, Some(secret)))], Redirect::to(next)).into_response()
}

fn agent(headers: &HeaderMap) -> Option<&str> {
    headers.get(USER_AGENT).and_then(|value| value.to_str().ok())
}

/// An address of this server; anything else is the home page.
fn here(next: &str) -> &str {
    let is_here = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    if is_here && !next.contains(char::is_control) { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(here("/review?entity=people"), "/review?entity=people");
        for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/e", ""]
        {
            assert_eq!(here(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
