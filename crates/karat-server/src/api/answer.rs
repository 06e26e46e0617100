//! What every answer of the API has in common: a list is a page of it, a failure is a problem
//! (RFC 9457).

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::failure::{Failure, Told};

/// The media type of problems.
const PROBLEM: &str = "application/problem+json";

/// Bytes of a refusal that are told on.
const LONGEST: usize = 4096;

/// What is answered, or why it cannot be.
pub type Answer<T> = Result<Json<T>, Failure>;

/// A page of a list whose entries have numbers, the last first.
#[derive(Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The list goes on with `before` set to this; null where this is its end.
    pub next: Option<i64>,
}

impl<T> Page<T> {
    /// A page of entries of which one more than fits was asked for.
    pub fn of(mut items: Vec<T>, limit: u32, number: impl Fn(&T) -> i64) -> Page<T> {
        let goes_on = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| goes_on).map(number);
        Page { items, next }
    }
}

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// Only entries with a smaller number: `next` of the page before.
    pub before: Option<i64>,
    /// How many entries.
    #[serde(default)]
    pub limit: Limit,
}

/// How many entries are asked for.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(try_from = "u32")]
#[schema(value_type = u32, minimum = 1, maximum = 1000, default = 50)]
pub struct Limit(u32);

impl Limit {
    pub fn get(self) -> u32 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Limit {
        Limit(50)
    }
}

impl TryFrom<u32> for Limit {
    type Error = String;

    fn try_from(n: u32) -> Result<Limit, String> {
        match n {
            1..=1000 => Ok(Limit(n)),
            _ => Err(format!("limit is {n}; it is 1 to 1000")),
        }
    }
}

/// Why a request was refused or failed (RFC 9457).
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// `about:blank`: the status says which kind it is.
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    status: u16,
    detail: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Where in a file it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

impl Problem {
    fn of(told: Told) -> Problem {
        let Told { status, title, what, hint, place } = told;
        let title = title.to_owned();
        Problem { kind: "about:blank", title, status: status.as_u16(), detail: what, hint, place }
    }
}

/// Makes a problem of every refusal, whoever refuses.
pub async fn problems(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let told = response.extensions_mut().remove::<Told>();
    let status = response.status();
    if told.is_none() && !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let problem = match told {
        Some(told) => Problem::of(told),
        None => plain(status, body).await,
    };
    let status = StatusCode::from_u16(problem.status).unwrap_or(status);
    let mut answer = (status, Json(problem)).into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
    for name in [WWW_AUTHENTICATE, RETRY_AFTER] {
        if let Some(value) = parts.headers.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer, Basic"));
    }
    answer
}

/// A refusal that is a line of text, such as that of a query which cannot be read.
async fn plain(status: StatusCode, body: Body) -> Problem {
    let title = status.canonical_reason().unwrap_or("Refused").to_owned();
    let text = to_bytes(body, LONGEST).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).trim().to_owned();
    let detail = if text.is_empty() { title.clone() } else { text };
    Problem { kind: "about:blank", title, status: status.as_u16(), detail, hint: None, place: None }
}

pub async fn no_such_method() -> (StatusCode, &'static str) {
    (StatusCode::METHOD_NOT_ALLOWED, "this cannot be done here")
}
