//! Whether the server is there, and whether it can do what it is there for.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use tokio::time::timeout;

use crate::app::App;

/// How long the database, and the store, may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

pub async fn live() -> &'static str {
    "live\n"
}

/// Ready where the database answers, and the bucket, if files are in one.
pub async fn ready(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    let asked = async { app.session().await?.server_version().await };
    let why = match timeout(PATIENCE, asked).await {
        Ok(Ok(_)) => match &app.project.bucket {
            None => return (StatusCode::OK, "ready\n"),
            Some(bucket) => match timeout(PATIENCE, bucket.answers()).await {
                Ok(Ok(())) => return (StatusCode::OK, "ready\n"),
                Ok(Err(_)) => "not ready: the storage refuses\n",
                Err(_) => "not ready: the storage does not answer\n",
            },
        },
        Ok(Err(_)) => "not ready: the database refuses\n",
        Err(_) => "not ready: the database does not answer\n",
    };
    (StatusCode::SERVICE_UNAVAILABLE, why)
}
