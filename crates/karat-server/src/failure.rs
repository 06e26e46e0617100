//! What goes wrong, as a page.

use std::time::Duration;

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{Html, IntoResponse, Redirect, Response};
use karat_record::{Kind, Problem};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Why a page is not what was asked for.
#[derive(Debug)]
pub enum Failure {
    /// Nobody is signed in; where to go on afterwards.
    SignIn(String),
    /// Who is signed in may not do this.
    Forbidden,
    /// There is no such thing, or none that is told of.
    NotThere,
    /// A link that is good for nothing, whatever the reason.
    LinkEnded,
    /// One address asks too often; after how long it may ask again.
    TooMany(Duration),
    /// More bytes came than are taken.
    TooLarge(Problem),
    Problem(Problem),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Problem(problem)
    }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct Page<'a> {
    title: &'a str,
    what: &'a str,
    hint: Option<&'a str>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, title, what, hint) = match &self {
            Failure::SignIn(next) => {
                return Redirect::to(&format!("/sign-in?next={}", encoded(next))).into_response();
            }
            Failure::TooMany(wait) => return too_many(*wait),
            Failure::Forbidden => (
                StatusCode::FORBIDDEN,
                "Not allowed",
                "Your role does not allow this.",
                Some("Ask an admin."),
            ),
            Failure::NotThere => {
                (StatusCode::NOT_FOUND, "Not found", "There is nothing here.", None)
            }
            Failure::LinkEnded => (
                StatusCode::FORBIDDEN,
                "This link is not good",
                "It has ended, or it is not as it was made, or it is for somebody else.",
                Some("Ask for a new one."),
            ),
            Failure::TooLarge(problem) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "Too large",
                problem.what.as_str(),
                problem.hint.as_deref(),
            ),
            Failure::Problem(problem) => {
                let (status, title) = kind(problem.kind);
                (status, title, problem.what.as_str(), problem.hint.as_deref())
            }
        };
        told(status, &Page { title, what, hint })
    }
}

fn told(status: StatusCode, page: &Page<'_>) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn too_many(wait: Duration) -> Response {
    let seconds = wait.as_secs() + 1;
    let hint = format!("Try again in {seconds} seconds.");
    let what = "Too many attempts came from where you are.";
    let page = Page { title: "Too many attempts", what, hint: Some(&hint) };
    ([(RETRY_AFTER, seconds.to_string())], told(StatusCode::TOO_MANY_REQUESTS, &page))
        .into_response()
}

fn kind(kind: Kind) -> (StatusCode, &'static str) {
    match kind {
        Kind::Usage | Kind::Project | Kind::Input | Kind::Data => {
            (StatusCode::UNPROCESSABLE_ENTITY, "That did not work")
        }
        Kind::Busy => (StatusCode::CONFLICT, "Busy"),
        Kind::Connection => (StatusCode::SERVICE_UNAVAILABLE, "The database cannot be reached"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "That did not work"),
    }
}

/// What is coded in a part of an address.
const CODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// A text as part of an address.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, CODED).to_string()
}

/// A page, or why it cannot be made.
pub type Answer = Result<Html<String>, Failure>;

/// The page that a template makes.
pub fn page(template: &impl Template) -> Answer {
    let html = template.render().map_err(|e| Problem::new(Kind::Internal, e.to_string()))?;
    Ok(Html(html))
}
