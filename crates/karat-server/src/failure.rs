//! What goes wrong, as a page; the API tells programs the same as JSON.

use std::time::Duration;

use askama::Template;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use karat_record::{Kind, Problem};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Why a page is not what was asked for.
#[derive(Debug)]
pub enum Failure {
    /// Nobody is signed in; where to go on afterwards.
    SignIn(String),
    /// What a program shows lets nobody in.
    Unknown,
    /// Too many attempts were wrong: for so many seconds nobody comes in by this name.
    Locked(i64),
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

/// What was found; a name or a number of nothing is not there.
pub fn found<T>(found: karat_record::Result<T>) -> Result<T, Failure> {
    match found {
        Err(problem) if problem.kind == Kind::Usage => Err(Failure::NotThere),
        found => Ok(found?),
    }
}

/// What is told of a failure.
#[derive(Clone, Debug)]
pub struct Told {
    pub status: StatusCode,
    pub title: &'static str,
    pub what: String,
    pub hint: Option<String>,
    /// Where in a file it is.
    pub place: Option<String>,
}

impl Told {
    fn new(status: StatusCode, title: &'static str, what: &str, hint: Option<&str>) -> Told {
        let (what, hint) = (what.to_owned(), hint.map(str::to_owned));
        Told { status, title, what, hint, place: None }
    }

    fn of(problem: &Problem, status: StatusCode, title: &'static str) -> Told {
        let place = problem.place.as_ref().map(ToString::to_string);
        Told { place, ..Told::new(status, title, &problem.what, problem.hint.as_deref()) }
    }
}

impl Failure {
    /// What people and programs are told.
    pub fn told(&self) -> Told {
        match self {
            Failure::SignIn(_) | Failure::Unknown => Told::new(
                StatusCode::UNAUTHORIZED,
                "Not signed in",
                "Nobody is known by what was shown.",
                Some("Show a token as Authorization: Bearer TOKEN."),
            ),
            Failure::Locked(seconds) => Told::new(
                StatusCode::TOO_MANY_REQUESTS,
                "Too many attempts",
                &format!("Too many attempts. Try again in {seconds} seconds."),
                None,
            ),
            Failure::TooMany(wait) => Told::new(
                StatusCode::TOO_MANY_REQUESTS,
                "Too many attempts",
                "Too many attempts came from where you are.",
                Some(&format!("Try again in {} seconds.", wait.as_secs() + 1)),
            ),
            Failure::Forbidden => Told::new(
                StatusCode::FORBIDDEN,
                "Not allowed",
                "Your role does not allow this.",
                Some("Ask an admin."),
            ),
            Failure::NotThere => {
                Told::new(StatusCode::NOT_FOUND, "Not found", "There is nothing here.", None)
            }
            Failure::LinkEnded => Told::new(
                StatusCode::FORBIDDEN,
                "This link is not good",
                "It has ended, or it is not as it was made, or it is for somebody else.",
                Some("Ask for a new one."),
            ),
            Failure::TooLarge(problem) => {
                Told::of(problem, StatusCode::PAYLOAD_TOO_LARGE, "Too large")
            }
            Failure::Problem(problem) => {
                let (status, title) = kind(problem.kind);
                Told::of(problem, status, title)
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let told = self.told();
        let mut response = match &self {
            Failure::SignIn(next) => {
                Redirect::to(&format!("/sign-in?next={}", encoded(next))).into_response()
            }
            _ => {
                let page = Page { title: told.title, what: &told.what, hint: told.hint.as_deref() };
                match page.render() {
                    Ok(html) => (told.status, Html(html)).into_response(),
                    Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
                }
            }
        };
        let headers = response.headers_mut();
        match self {
            Failure::Unknown => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer, Basic"));
            }
            Failure::Locked(seconds) => {
                headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
            }
            Failure::TooMany(wait) => {
                headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
            }
            _ => {}
        }
        response.extensions_mut().insert(told);
        response
    }
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
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, CODED).to_string()
}

/// A text as one segment of an address, whatever is in it.
pub fn segment(text: &str) -> String {
    encoded(text).replace('/', "%2F")
}

/// A page, or why it cannot be made.
pub type Answer = Result<Html<String>, Failure>;

/// The page that a template makes.
pub fn page(template: &impl Template) -> Answer {
    let html = template.render().map_err(|e| Problem::new(Kind::Internal, e.to_string()))?;
    Ok(Html(html))
}
