//! Who may what: for admins.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use karat_pipeline::account::{self, Role};
use karat_store::account::Listed;
use serde::Deserialize;

use crate::app::App;
use crate::failure::{Answer, Failure, page};
use crate::frame::Frame;
use crate::signed::{Admin, Signed};

#[derive(Template)]
#[template(path = "accounts.html")]
struct All {
    frame: Frame,
    accounts: Vec<Listed>,
    roles: [Role; 3],
    /// A link that was just made; it is told once.
    link: Option<String>,
}

pub async fn all(State(app): State<Arc<App>>, Admin(person): Admin) -> Answer {
    told(&app, Signed(person), None).await
}

async fn told(app: &App, signed: Signed, link: Option<String>) -> Answer {
    let accounts = account::list(&app.session().await?).await?;
    let frame = signed.frame(app, "Accounts", "Accounts");
    page(&All { frame, accounts, roles: Role::ALL, link })
}

#[derive(Deserialize)]
pub struct Invite {
    #[serde(default)]
    role: String,
    /// The account that gets a new password.
    account: Option<i64>,
}

pub async fn invite(
    State(app): State<Arc<App>>,
    Admin(person): Admin,
    Form(invite): Form<Invite>,
) -> Answer {
    let role = Role::named(&invite.role).unwrap_or(Role::Viewer);
    let session = app.acting(&person).await?;
    let secret = account::invite(&session, &person, (role, invite.account)).await?;
    let link = format!("{}/welcome/{secret}", app.url());
    told(&app, Signed(person), Some(link)).await
}

#[derive(Deserialize)]
pub struct Change {
    account: i64,
    /// A role, or `disabled`.
    role: String,
}

pub async fn change(
    State(app): State<Arc<App>>,
    Admin(person): Admin,
    Form(change): Form<Change>,
) -> Result<Redirect, Failure> {
    let role = match change.role.as_str() {
        "disabled" => None,
        name => Some(Role::named(name).ok_or(Failure::NotThere)?),
    };
    account::change(&app.acting(&person).await?, change.account, role).await?;
    Ok(Redirect::to("/accounts"))
}
