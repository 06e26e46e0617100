//! What programs ask: the same as the pages show and the commands do, as JSON under `/api/v1`.

mod access;
mod answer;
mod checks;
mod describe;
mod entities;
mod etag;
mod events;
mod jobs;
mod models;
mod once;
mod outputs;
mod partial;
mod quality;
mod rejects;
mod review;
mod uploads;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, options};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::failure::Failure;

/// Where all of it begins.
const ROOT: &str = "/api/v1";

/// What is answered, and the description of it.
pub struct Api {
    /// Everything whose bodies are small.
    pub small: Router<Arc<App>>,
    /// What takes files.
    pub large: Router<Arc<App>>,
}

impl Api {
    pub fn new(app: &Arc<App>) -> Api {
        let small = OpenApiRouter::with_openapi(describe::head(&app.project.name))
            .routes(routes!(quality::status))
            .routes(routes!(quality::datasets))
            .routes(routes!(quality::rejects))
            .routes(routes!(rejects::mend))
            .routes(routes!(rejects::dismiss))
            .routes(routes!(checks::all))
            .routes(routes!(checks::one))
            .routes(routes!(checks::waive))
            .routes(routes!(checks::objectives))
            .routes(routes!(checks::one_objective))
            .routes(routes!(entities::all))
            .routes(routes!(entities::search))
            .routes(routes!(entities::one))
            .routes(routes!(entities::history))
            .routes(routes!(models::model))
            .routes(routes!(models::lineage))
            .routes(routes!(models::field))
            .routes(routes!(review::waiting))
            .routes(routes!(review::decisions, review::decide))
            .routes(routes!(review::undo))
            .routes(routes!(jobs::list, jobs::order))
            .routes(routes!(jobs::one))
            .routes(routes!(jobs::cancel))
            .routes(routes!(jobs::retry))
            .routes(routes!(events::follow))
            .routes(routes!(jobs::runs))
            .routes(routes!(jobs::run))
            .routes(routes!(uploads::one))
            .routes(routes!(uploads::load))
            .routes(routes!(outputs::list))
            .routes(routes!(outputs::link))
            .routes(routes!(outputs::revoke))
            .routes(routes!(quality::audit))
            .routes(routes!(access::me))
            .routes(routes!(access::tokens, access::make_token))
            .routes(routes!(access::revoke_token))
            .routes(routes!(access::accounts))
            .routes(routes!(access::invite))
            .routes(routes!(webhooks::list, webhooks::make))
            .routes(routes!(webhooks::end))
            .routes(routes!(webhooks::test));
        let large = OpenApiRouter::new()
            .routes(routes!(uploads::list, uploads::add))
            .routes(routes!(partial::begin))
            .routes(routes!(partial::stands, partial::go_on, partial::give_up));
        let large = large.route("/uploads/partial", options(partial::can));
        let (small, mut said) = small.split_for_parts();
        let (large, also) = large.split_for_parts();
        said.merge(also);
        describe::complete(&mut said, ROOT);
        let said = Arc::new(said);
        let (document, page) = (said.clone(), said);
        let small = small
            .route("/openapi.json", get(async move || describe::document(&document)))
            .fallback(async || Failure::NotThere);
        let finished = |router: Router<Arc<App>>| {
            let router = router
                .method_not_allowed_fallback(answer::no_such_method)
                .layer(from_fn_with_state(app.clone(), once::once))
                .layer(from_fn(etag::etag))
                .layer(from_fn(answer::problems));
            Router::new().nest(ROOT, router)
        };
        let described = get(async move || describe::page_of(&page, ROOT));
        let small = finished(small).route("/api", described);
        Api { small, large: finished(large).layer(DefaultBodyLimit::disable()) }
    }
}
