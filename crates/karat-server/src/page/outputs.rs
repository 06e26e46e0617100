//! Outputs: the files that runs made, handed out by links that expire.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use askama::Template;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETAG, LOCATION, USER_AGENT,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Form, RequestPartsExt};
use karat_pipeline::account::Person;
use karat_pipeline::outputs::link::{self, Claim, Disposition, Terms};
use karat_pipeline::outputs::{self, Kept};
use karat_record::{Kind, Problem};
use karat_store::output as store;
use serde::Deserialize;
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::{many, size};
use crate::app::App;
use crate::failure::{Answer, Failure, page};
use crate::frame::Frame;
use crate::signed::{Operator, Signed};

/// Seconds for which links are good.
const HOUR: u32 = 60 * 60;

/// What a page that an output is may do: draw itself, and nothing else.
const CONFINED: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

#[derive(Template)]
#[template(path = "outputs.html")]
struct All {
    frame: Frame,
    files: Vec<Offered>,
    run: Option<i64>,
    /// A link that anybody may use, which was just made.
    link: Option<String>,
}

/// A file with the links to it that are good for who sees the page.
struct Offered {
    kept: Kept,
    save: String,
    /// Of pages.
    show: Option<String>,
}

#[derive(Deserialize)]
pub struct Of {
    run: Option<i64>,
}

pub async fn all(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(Of { run }): Query<Of>,
) -> Answer {
    told(&app, signed, (run, None)).await
}

async fn told(app: &App, signed: Signed, (run, link): (Option<i64>, Option<String>)) -> Answer {
    let address = signed.address(app);
    let session = app.acting(&signed.0).await?;
    let mut files = Vec::new();
    for kept in outputs::list(&app.context(&address), run).await? {
        let terms = |disposition| Terms { seconds: HOUR, disposition, audience: own(&signed.0) };
        let is_page = kept.file.content_type.starts_with("text/html");
        let show = match is_page {
            true => Some(link::sign(&session, &kept.id, &terms(Disposition::Inline), now()).await?),
            false => None,
        };
        let save = link::sign(&session, &kept.id, &terms(Disposition::Attachment), now()).await?;
        files.push(Offered { kept, save, show });
    }
    page(&All { frame: signed.frame(app, "Outputs", "Outputs"), files, run, link })
}

/// For whom alone the links of a page are.
fn own(person: &Person) -> String {
    format!("account {}", person.id)
}

pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs().cast_signed()
}

#[derive(Deserialize)]
pub struct Share {
    id: String,
}

/// Makes a link for whoever has it.
pub async fn share(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Form(Share { id }): Form<Share>,
) -> Answer {
    let session = app.session().await?;
    outputs::find(&session, &id).await?.ok_or(Failure::NotThere)?;
    let terms = Terms { seconds: HOUR, ..Terms::default() };
    let path = link::sign(&session, &id, &terms, now()).await?;
    told(&app, Signed(person), (None, Some(format!("{}{path}", app.url())))).await
}

#[derive(Deserialize)]
pub struct Signature {
    #[serde(default)]
    exp: String,
    #[serde(default)]
    kid: String,
    #[serde(default)]
    disp: String,
    #[serde(default)]
    sig: String,
}

/// Hands a file out to whoever has a good link; of one that is not, nothing is told.
pub async fn fetch(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(query): Query<Signature>,
    request: Request,
) -> Result<Response, Failure> {
    let (mut parts, body) = request.into_parts();
    let person = parts.extract_with_state::<Signed, _>(&app).await.ok().map(|signed| signed.0);
    let session = app.session().await?;
    let Signature { exp, kid, disp, sig } = &query;
    let claim = Claim { exp, kid, disp, sig };
    let audiences = person.as_ref().map(own).into_iter().chain([String::new()]);
    let mut admitted = None;
    for audience in audiences {
        admitted = link::admit(&session, &id, (&claim, &audience), now()).await?.ok();
        if admitted.is_some() {
            break;
        }
    }
    let (kept, disposition) = admitted.ok_or(Failure::LinkEnded)?;
    let is_saved = disposition == Disposition::Attachment && parts.method == Method::GET;
    let handed = handed(&app, &kept, is_saved).await?;
    let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
    let who = person.as_ref().map(|person| person.name.as_str());
    store::fetched(&session, &kept.id, (who, agent)).await?;
    let path = match handed {
        Handed::Link(link) => return Ok((StatusCode::FOUND, [(LOCATION, link)]).into_response()),
        Handed::File(path) => path,
    };
    let kind = kept.file.content_type.parse();
    let kind = kind.map_err(|_| Problem::new(Kind::Internal, "a file of no known type"))?;
    let served = ServeFile::new_with_mime(path, &kind).oneshot(Request::from_parts(parts, body));
    let mut response = match served.await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    };
    describe(response.headers_mut(), &kept, disposition);
    Ok(response)
}

/// How a file is handed out.
enum Handed {
    /// By us: where it lies, as it was made.
    File(PathBuf),
    /// By the store, which has given this link.
    Link(String),
}

/// By the store, where the project wants that and the store can do it now.
async fn handed(app: &Arc<App>, kept: &Kept, is_saved: bool) -> Result<Handed, Failure> {
    if is_saved && let Ok(Some(link)) = outputs::direct_link(&app.project, kept).await {
        return Ok(Handed::Link(link));
    }
    checked(app, kept).await.map(Handed::File)
}

/// The file, as it was made.
async fn checked(app: &Arc<App>, kept: &Kept) -> Result<PathBuf, Failure> {
    let (app, kept) = (app.clone(), kept.clone());
    let check = tokio::task::spawn_blocking(move || outputs::fetch(&app.project, &kept));
    let path = check.await.map_err(|e| Problem::new(Kind::Internal, e.to_string()))?;
    Ok(path?)
}

fn describe(headers: &mut HeaderMap, kept: &Kept, disposition: Disposition) {
    let name = kept.file.name.rsplit('/').next().unwrap_or(&kept.file.name);
    for (header, value) in [
        (CONTENT_DISPOSITION, disposition.header(name)),
        (ETAG, format!("\"{}\"", kept.file.sha256)),
        (CONTENT_SECURITY_POLICY, CONFINED.to_owned()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(header, value);
        }
    }
}
