//! Which address is which page.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use karat_record::{Kind, Problem, Result};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::api::Api;
use crate::app::App;
use crate::failure::Failure;
use crate::page::{
    accounts, cluster, datasets, entities, home, jobs, lineage, models, outputs, quality, rejects,
    review, runs, sign, tokens, uploads, webhooks,
};
use crate::{asset, health, limit, metrics, secure};

/// People who come in at one time: hashing passwords must not keep pages waiting.
const ENTERING: usize = 4;
/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of a form.
const FORM: usize = 64 << 10;

/// Everything that is answered.
pub fn routes(app: Arc<App>) -> Result<Router> {
    let api = Api::new(&app);
    let fetching = from_fn_with_state(app.clone(), limit::fetching);
    let pages = Router::new()
        .route("/", get(home::home))
        .route("/entities", get(entities::all))
        .route("/entities/{entity}", get(entities::find))
        .route("/entities/{entity}/{id}", get(entities::one))
        .route("/entities/{entity}/{id}/split", post(cluster::split))
        .route("/entities/{entity}/{id}/merge", post(cluster::merge))
        .route("/entities/{entity}/{id}/set", post(cluster::set))
        .route("/review", get(review::queue))
        .route("/review/decide", post(review::decide))
        .route("/review/undo", post(review::undo))
        .route("/review/decisions", get(review::decisions))
        .route("/uploads/{number}", get(uploads::one).post(uploads::process))
        .route("/uploads/{number}/state", get(uploads::state))
        .route("/jobs", get(jobs::all))
        .route("/jobs/{number}", get(jobs::one).post(jobs::change))
        .route("/datasets", get(datasets::all))
        .route("/datasets/{dataset}", get(datasets::one))
        .route("/quality", get(quality::all))
        .route("/quality/checks/{suite}/{check}", get(quality::check).post(quality::decide))
        .route("/quality/objectives/{file}/{objective}", get(quality::objective))
        .route("/models", get(models::all))
        .route("/models/{entity}", get(models::one))
        .route("/lineage", get(lineage::lineage))
        .route("/datasets/{dataset}/rejects.csv", get(rejects::download))
        .route("/datasets/{dataset}/rejects/{load}/{line}", get(rejects::one).post(rejects::mend))
        .route("/datasets/{dataset}/rejects/{load}/{line}/dismiss", post(rejects::dismiss))
        .route("/outputs", get(outputs::all))
        .route("/outputs/share", post(outputs::share))
        .route("/d/{id}", get(outputs::fetch).layer(fetching))
        .route("/runs", get(runs::all))
        .route("/runs/{number}", get(runs::one))
        .route("/accounts", get(accounts::all))
        .route("/accounts/invite", post(accounts::invite))
        .route("/accounts/change", post(accounts::change))
        .merge(programs())
        .merge(api.small)
        .layer(GlobalConcurrencyLimitLayer::new(app.at_once))
        .merge(entrance(&app))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(RequestBodyLimitLayer::new(FORM));
    // A file may be large and may take its time; it is counted while it comes. What is around it in
    // the form is no longer than a form.
    let most = usize::try_from(app.upload_limit).unwrap_or(usize::MAX).saturating_add(FORM);
    let uploads = Router::new()
        .route("/uploads", get(uploads::all).post(uploads::add))
        .layer(DefaultBodyLimit::max(most))
        .merge(api.large)
        .layer(GlobalConcurrencyLimitLayer::new(app.at_once));
    let csrf = csrf(&app)?;
    Ok(Router::new()
        .merge(pages)
        .merge(uploads)
        .layer(csrf)
        .route("/assets/{name}", get(asset::asset))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(nothing)
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), secure::headers))
        .layer(CatchPanicLayer::new())
        .with_state(app))
}

/// What lets programs in, tells them what happens, and is watched by them.
fn programs() -> Router<Arc<App>> {
    Router::new()
        .route("/tokens", get(tokens::all).post(tokens::make))
        .route("/tokens/revoke", post(tokens::revoke))
        .route("/webhooks", get(webhooks::all).post(webhooks::make))
        .route("/webhooks/{number}/end", post(webhooks::end))
        .route("/webhooks/{number}/test", post(webhooks::test))
        .route("/metrics", get(metrics::metrics))
}

/// Where people come in: apart from pages, so that hashing passwords keeps nobody waiting.
fn entrance(app: &Arc<App>) -> Router<Arc<App>> {
    let entering = from_fn_with_state(app.clone(), limit::entering);
    Router::new()
        .route("/sign-in", post(sign::sign_in).layer(entering.clone()).get(sign::form))
        .route("/sign-out", post(sign::sign_out))
        .route("/welcome/{link}", get(sign::welcome).post(sign::accept).layer(entering))
        .layer(GlobalConcurrencyLimitLayer::new(ENTERING))
        .layer(from_fn(whole))
}

/// Changes are accepted only from pages of this server.
fn csrf(app: &App) -> Result<CsrfLayer> {
    CsrfLayer::new().add_trusted_origin(app.url()).map_err(|e| {
        Problem::new(Kind::Usage, format!("{} is no address: {e}", app.url()))
            .hint("--public is like https://karat.example.com")
    })
}

/// Waits for all of a form, so that who sends it slowly keeps nobody else from coming in.
async fn whole(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match to_bytes(body, FORM).await {
        Ok(form) => next.run(Request::from_parts(parts, Body::from(form))).await,
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    }
}

async fn nothing() -> Result<Response, Failure> {
    Err(Failure::NotThere)
}
