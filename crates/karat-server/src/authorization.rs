//! What programs show of who they act for: a token, or a name and a password.

use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use karat_pipeline::account::{self, Person, Refusal};
use karat_pipeline::token;

use crate::app::App;
use crate::failure::Failure;

/// Whom the value of `Authorization` lets in.
pub async fn person(app: &App, shown: &HeaderValue) -> Result<Person, Failure> {
    let shown = shown.to_str().map_err(|_| Failure::Unknown)?;
    let (scheme, value) = shown.split_once(' ').ok_or(Failure::Unknown)?;
    let session = app.session().await?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => token::who(&session, value.trim()).await?.ok_or(Failure::Unknown),
        "basic" => {
            let bytes = STANDARD.decode(value.trim()).map_err(|_| Failure::Unknown)?;
            let text = String::from_utf8(bytes).map_err(|_| Failure::Unknown)?;
            let (name, password) = text.split_once(':').ok_or(Failure::Unknown)?;
            if token::is_one(password) {
                return token::who(&session, password).await?.ok_or(Failure::Unknown);
            }
            match account::by_password(&session, &app.salt, (name, password)).await? {
                Ok(person) => Ok(person),
                Err(Refusal::Wrong) => Err(Failure::Unknown),
                Err(Refusal::Locked(seconds)) => Err(Failure::Locked(seconds)),
            }
        }
        _ => Err(Failure::Unknown),
    }
}
