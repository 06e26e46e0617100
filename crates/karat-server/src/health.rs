//! Whether the server is there, and whether it can do what it is there for.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use tokio::time::timeout;

use crate::app::App;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

pub async fn live() -> &'static str {
    "live\n"
}

/// Ready where the database answers.
pub async fn ready(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    let asked = async { app.session().await?.server_version().await };
    match timeout(PATIENCE, asked).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        Ok(Err(_)) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database refuses\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database does not answer\n"),
    }
}
