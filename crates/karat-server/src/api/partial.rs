//! Uploads that go on after the connection broke: tus 1.0, with its extensions creation, expiration
//! and termination (<https://tus.io/protocols/resumable-upload>).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LOCATION, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use karat_pipeline::account::Person;
use karat_pipeline::partial::{self, About, Partial};
use karat_record::{Kind, Problem};
use tokio::task::spawn_blocking;

use super::ROOT;
use crate::app::App;
use crate::failure::Failure;
use crate::intake::{arrived, cut_off, too_large, written};
use crate::signed::Operator;

const VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("tus-resumable"), HeaderValue::from_static("1.0.0"));
const OFFSET: &str = "upload-offset";
const LENGTH: &str = "upload-length";
const METADATA: &str = "upload-metadata";

/// What can be done, and how large a file may be.
pub async fn can(State(app): State<Arc<App>>) -> Response {
    let can = [
        VERSION,
        (HeaderName::from_static("tus-version"), HeaderValue::from_static("1.0.0")),
        (
            HeaderName::from_static("tus-extension"),
            HeaderValue::from_static("creation,expiration,termination"),
        ),
        (HeaderName::from_static("tus-max-size"), HeaderValue::from(app.upload_limit)),
    ];
    (StatusCode::NO_CONTENT, can).into_response()
}

/// Begins a file that comes in parts, as in tus 1.0. What has come is kept for a day.
#[utoipa::path(post, path = "/uploads/partial", tag = "uploads",
    params(
        ("upload-length" = u64, Header, description = "Bytes of the whole file."),
        ("upload-metadata" = Option<String>, Header,
            description = "`filename` and what it is called where it comes from, as Base64."),
    ),
    responses((status = 201, description = "It may come to `Location`.",
        headers(("location" = String,)))))]
pub async fn begin(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let bytes = number(&headers, LENGTH)?;
    if bytes > app.upload_limit {
        return Err(too_large(app.upload_limit));
    }
    let name = name(&headers).unwrap_or_else(|| "file".to_owned());
    let begun = partial::begin(&app.project, About { name, bytes, account: person.id })?;
    let place = format!("{ROOT}/uploads/partial/{}", begun.id);
    let place = HeaderValue::from_str(&place).map_err(|_| Failure::NotThere)?;
    Ok((StatusCode::CREATED, [VERSION, (LOCATION, place)]).into_response())
}

/// How far a file is that comes in parts.
#[utoipa::path(head, path = "/uploads/partial/{id}", tag = "uploads",
    params(("id" = String, Path,)),
    responses((status = 200, description = "It goes on at `Upload-Offset`.",
        headers(("upload-offset" = u64,), ("upload-length" = u64,)))))]
pub async fn stands(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let found = found(&app, &person, &id)?;
    let headers = [
        VERSION,
        (HeaderName::from_static(OFFSET), HeaderValue::from(found.come)),
        (HeaderName::from_static(LENGTH), HeaderValue::from(found.about.bytes)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::OK, headers).into_response())
}

/// Goes on with a file. With its last byte it is an upload like any other, at `Content-Location`.
#[utoipa::path(patch, path = "/uploads/partial/{id}", tag = "uploads",
    params(("id" = String, Path,),
        ("upload-offset" = u64, Header, description = "Bytes that have come so far.")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "It goes on at `Upload-Offset`.",
        headers(("upload-offset" = u64,), ("content-location" = Option<String>,)))))]
pub async fn go_on(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let from = number(&headers, OFFSET)?;
    let going = found(&app, &person, &id)?.go_on(from)?;
    let left = going.left();
    let (going, come) = written(going, left, body.into_data_stream(), |e| cut_off(e)).await?;
    let at_rest = spawn_blocking(move || {
        let partial = going.rest()?;
        let whole = partial::whole(&partial)?;
        Ok::<_, Problem>((partial, whole))
    });
    let internal = |e: tokio::task::JoinError| Problem::new(Kind::Internal, e.to_string());
    let (partial, whole) = at_rest.await.map_err(internal)??;
    come?;
    let mut headers =
        vec![VERSION, (HeaderName::from_static(OFFSET), HeaderValue::from(partial.come))];
    if let Some(incoming) = whole {
        let upload = arrived(&app, &person, incoming, &partial.about.name).await?;
        let place = HeaderValue::from_str(&format!("{ROOT}/uploads/{}", upload.id));
        headers.push((CONTENT_LOCATION, place.map_err(|_| Failure::NotThere)?));
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().extend(headers);
    Ok(response)
}

/// Gives a file up that comes in parts.
#[utoipa::path(delete, path = "/uploads/partial/{id}", tag = "uploads",
    params(("id" = String, Path,)), responses((status = 204)))]
pub async fn give_up(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    found(&app, &person, &id)?.give_up()?;
    Ok((StatusCode::NO_CONTENT, [VERSION]).into_response())
}

fn found(app: &App, person: &Person, id: &str) -> Result<Partial, Failure> {
    partial::find(&app.project, id, person.id)?.ok_or(Failure::NotThere)
}

/// A header that is a number.
fn number(headers: &HeaderMap, name: &'static str) -> Result<u64, Problem> {
    let number = headers.get(name).and_then(|value| value.to_str().ok()?.parse().ok());
    number.ok_or_else(|| {
        Problem::new(Kind::Usage, format!("the header {name} is missing, or no number"))
            .hint("this is tus 1.0, as its clients speak it")
    })
}

/// What a file is called where it comes from: pairs of a name and a value as Base64, between commas.
fn name(headers: &HeaderMap) -> Option<String> {
    let all = headers.get(METADATA)?.to_str().ok()?;
    let (_, name) = all.split(',').filter_map(|pair| pair.trim().split_once(' ')).find(is_name)?;
    String::from_utf8(STANDARD.decode(name.trim()).ok()?).ok()
}

fn is_name((key, _): &(&str, &str)) -> bool {
    matches!(*key, "filename" | "name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_among_what_is_said_of_it() {
        let mut headers = HeaderMap::new();
        let said = "filetype dGV4dC9jc3Y=,filename bGlzdC5jc3Y=, is_new";
        headers.insert(METADATA, HeaderValue::from_static(said));
        assert_eq!(name(&headers).as_deref(), Some("list.csv"));
        headers.insert(METADATA, HeaderValue::from_static("filename ???"));
        assert_eq!(name(&headers), None);
    }
}
