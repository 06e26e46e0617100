//! Requests with an `Idempotency-Key` are done once: asked again within a day, they get the same
//! answer.

use std::sync::Arc;

use axum::RequestExt;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use karat_pipeline::hash_bytes;
use karat_record::{Kind, Problem};
use karat_store::once::{self as store, Answer, Asked, Known};

use crate::app::App;
use crate::failure::Failure;
use crate::signed::Signed;

/// The name of the header.
pub const KEY: &str = "idempotency-key";

/// Bytes of a request and of an answer that are kept.
const LONGEST: usize = 64 << 10;

pub async fn once(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let key = request.headers().get(KEY).cloned();
    let Some(key) = key.filter(|_| request.method() != Method::GET) else {
        return next.run(request).await;
    };
    answered(&app, &key, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn answered(
    app: &Arc<App>,
    key: &HeaderValue,
    mut request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let wrong = || Problem::new(Kind::Usage, "an idempotency key has 1 to 200 plain characters");
    let key = key.to_str().ok().filter(|key| (1..=200).contains(&key.len())).ok_or_else(wrong)?;
    let Signed(person) = request.extract_parts_with_state::<Signed, _>(app).await?;
    let (parts, body) = request.into_parts();
    let cannot = |_| Problem::new(Kind::Input, "a request with an idempotency key has 64 kB");
    let body = to_bytes(body, LONGEST).await.map_err(cannot)?;
    let head = format!("{} {}\n", parts.method, parts.uri);
    let digest = hash_bytes(&[head.as_bytes(), &body].concat());
    let asked = Asked { account: person.id, key };
    match store::begin(&app.session().await?, asked, &digest).await? {
        Known::New => {}
        Known::Answered(answer) => return Ok(again(answer)),
        Known::Open => {
            let problem = Problem::new(Kind::Busy, "this is being done");
            return Err(problem.hint("ask again in a moment").into());
        }
        Known::Another => {
            let what = "something else was asked under this idempotency key";
            return Err(Problem::new(Kind::Usage, what).hint("use a key once").into());
        }
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (parts, body) = response.into_parts();
    let cannot = |_| Problem::new(Kind::Internal, "an answer could not be made");
    let body = to_bytes(body, usize::MAX).await.map_err(cannot)?;
    let session = app.session().await?;
    // What was refused may be asked again; only what was done is done once.
    if parts.status.is_success() && body.len() <= LONGEST {
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let (status, kind) = (parts.status.as_u16(), kind.map(str::to_owned));
        store::end(&session, asked, &Answer { status, kind, body: body.to_vec() }).await?;
    } else {
        store::forget(&session, asked).await?;
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn again(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.remove(CONTENT_TYPE);
    if let Some(kind) = answer.kind.and_then(|kind| HeaderValue::from_str(&kind).ok()) {
        headers.insert(CONTENT_TYPE, kind);
    }
    let replayed = HeaderName::from_static("idempotent-replayed");
    headers.insert(replayed, HeaderValue::from_static("true"));
    response
}
