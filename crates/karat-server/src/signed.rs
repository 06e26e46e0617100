//! Who asks: the person whose session the browser's cookie names, or whose token a program shows.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use karat_pipeline::account::{self, Person, Role};
use karat_store::{Address, Interface};

use crate::app::App;
use crate::authorization;
use crate::failure::Failure;
use crate::frame::Frame;

/// Somebody who is signed in and may at least look.
pub struct Signed(pub Person);

/// Somebody who may decide, load and run.
pub struct Operator(pub Person);

/// Somebody who says who may what.
pub struct Admin(pub Person);

impl FromRequestParts<Arc<App>> for Signed {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Signed, Failure> {
        let next = match parts.method {
            Method::GET => parts.uri.path_and_query().map_or("/", |at| at.as_str()),
            _ => "/",
        };
        if let Some(shown) = parts.headers.get(AUTHORIZATION) {
            return authorization::person(app, shown, parts).await.map(Signed);
        }
        let out = || Failure::SignIn(next.to_owned());
        let secret = secret(&parts.headers, app).ok_or_else(out)?;
        let session = app.session().await?;
        account::who(&session, secret, Interface::Page).await?.map(Signed).ok_or_else(out)
    }
}

impl FromRequestParts<Arc<App>> for Operator {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Operator, Failure> {
        at_least(Role::Operator, parts, app).await.map(Operator)
    }
}

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Admin, Failure> {
        at_least(Role::Admin, parts, app).await.map(Admin)
    }
}

async fn at_least(role: Role, parts: &mut Parts, app: &Arc<App>) -> Result<Person, Failure> {
    let Signed(person) = Signed::from_request_parts(parts, app).await?;
    if person.role >= role { Ok(person) } else { Err(Failure::Forbidden) }
}

impl Signed {
    /// The frame of a page that this person looks at.
    pub fn frame(self, app: &App, part: &'static str, title: &str) -> Frame {
        let project = app.project.name.clone();
        Frame { title: title.to_owned(), project, person: self.0, part }
    }

    /// The address for what the person asks.
    pub fn address(&self, app: &App) -> Address {
        app.address(&self.0)
    }
}

/// The cookie that carries a session's secret. Browsers give one of the longer name only to the
/// site that set it over TLS.
pub fn cookie(app: &App) -> &'static str {
    if app.is_secure() { "__Host-karat" } else { "karat" }
}

/// The secret of the request's session.
pub fn secret<'a>(headers: &'a HeaderMap, app: &App) -> Option<&'a str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|all| all.split(';')).filter_map(|one| one.split_once('='));
    pairs.find(|(name, _)| name.trim() == cookie(app)).map(|(_, value)| value.trim())
}

/// The header that hands a secret to the browser, or takes it away.
pub fn set_cookie(app: &App, secret: Option<&str>) -> String {
    let name = cookie(app);
    let secure = if app.is_secure() { "; Secure" } else { "" };
    match secret {
        Some(secret) => {
            format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800{secure}")
        }
        None => format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}"),
    }
}
