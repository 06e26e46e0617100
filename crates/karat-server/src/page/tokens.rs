//! Tokens: what a person's programs show instead of a password.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use karat_pipeline::account::Role;
use karat_pipeline::token::{self, DAYS, LONGEST, Token};
use serde::Deserialize;

use crate::app::App;
use crate::failure::{Answer, Failure, page};
use crate::frame::Frame;
use crate::signed::Signed;

#[derive(Template)]
#[template(path = "tokens.html")]
struct All {
    frame: Frame,
    tokens: Vec<Token>,
    /// What a token may allow.
    roles: Vec<Role>,
    days: u16,
    longest: u16,
    /// A token that was just made; it is told once.
    made: Option<String>,
}

pub async fn all(State(app): State<Arc<App>>, signed: Signed) -> Answer {
    told(&app, signed, None).await
}

async fn told(app: &App, signed: Signed, made: Option<String>) -> Answer {
    let tokens = token::list(&app.session().await?, &signed.0).await?;
    let roles = Role::ALL.into_iter().filter(|role| *role <= signed.0.role).collect();
    let frame = signed.frame(app, "Tokens", "Tokens");
    page(&All { frame, tokens, roles, days: DAYS, longest: LONGEST, made })
}

#[derive(Deserialize)]
pub struct New {
    name: String,
    role: String,
    days: u16,
}

pub async fn make(State(app): State<Arc<App>>, signed: Signed, Form(new): Form<New>) -> Answer {
    let role = Role::named(&new.role).ok_or(Failure::NotThere)?;
    let session = app.acting(&signed.0).await?;
    let made = token::make(&session, &signed.0, (&new.name, role), new.days).await?;
    told(&app, signed, Some(made.secret)).await
}

#[derive(Deserialize)]
pub struct Which {
    number: i64,
}

pub async fn revoke(
    State(app): State<Arc<App>>,
    signed: Signed,
    Form(Which { number }): Form<Which>,
) -> Result<Redirect, Failure> {
    match token::revoke(&app.acting(&signed.0).await?, &signed.0, number).await? {
        true => Ok(Redirect::to("/tokens")),
        false => Err(Failure::NotThere),
    }
}
