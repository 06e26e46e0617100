//! What programs show of who they act for: a token, or a name and a password.

use axum::http::HeaderValue;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use karat_pipeline::account::{self, Person, Refusal};
use karat_pipeline::token;
use karat_store::Interface;

use crate::app::App;
use crate::failure::Failure;
use crate::limit;

/// Whom the value of `Authorization` lets in.
pub async fn person(app: &App, shown: &HeaderValue, parts: &Parts) -> Result<Person, Failure> {
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
            let secret = account::of_password(&app.salt, (name, password));
            if let Some(person) = account::who(&session, &secret, Interface::Api).await? {
                return Ok(person);
            }
            limit::attempted(app, &parts.extensions, &parts.headers)?;
            match account::by_password(&session, (name, password), &secret).await? {
                Ok(person) => Ok(person),
                Err(Refusal::Wrong) => Err(Failure::Unknown),
                Err(Refusal::Locked(seconds)) => Err(Failure::Locked(seconds)),
            }
        }
        _ => Err(Failure::Unknown),
    }
}
