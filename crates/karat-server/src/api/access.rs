//! Who may what: tokens of programs, and accounts of people.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use karat_pipeline::account::{self, Role};
use karat_pipeline::token::{self, DAYS, Token};
use karat_record::{Kind, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use crate::app::App;
use crate::failure::Failure;
use crate::signed::{Admin, Signed};

/// Who asks.
#[derive(Serialize, ToSchema)]
pub struct Me {
    name: String,
    /// What they may do with what they showed: `viewer`, `operator` or `admin`.
    role: &'static str,
}

/// Who asks, and what they may do.
#[utoipa::path(get, path = "/me", tag = "access", responses((status = 200, body = Me)))]
pub async fn me(Signed(person): Signed) -> Json<Me> {
    Json(Me { role: person.role.name(), name: person.name })
}

/// The tokens of who asks; of everybody, for an admin.
#[utoipa::path(get, path = "/tokens", tag = "access",
    responses((status = 200, body = Vec<Token>)))]
pub async fn tokens(State(app): State<Arc<App>>, Signed(person): Signed) -> Answer<Vec<Token>> {
    Ok(Json(token::list(&app.session().await?, &person).await?))
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewToken)]
pub struct New {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it allows at most: `viewer`, `operator` or `admin`; `viewer`, where nobody says.
    role: Option<String>,
    /// For how long it is good; 90 days, where nobody says.
    #[schema(minimum = 1, maximum = 366)]
    days: Option<u16>,
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
pub struct Made {
    number: i64,
    /// To be shown as `Authorization: Bearer`; it is told here alone.
    token: String,
}

fn role(name: &str) -> Result<Role, Problem> {
    let unknown = || Problem::new(Kind::Usage, format!("there is no role {name:?}"));
    Role::named(name).ok_or_else(|| unknown().hint("viewer, operator or admin"))
}

/// Makes a token, which allows no more than who asks may.
#[utoipa::path(post, path = "/tokens", tag = "access", request_body = New,
    responses((status = 201, body = Made)))]
pub async fn make_token(
    State(app): State<Arc<App>>,
    Signed(person): Signed,
    Json(new): Json<New>,
) -> Result<(StatusCode, Json<Made>), Failure> {
    let role = role(new.role.as_deref().unwrap_or("viewer"))?;
    let session = app.acting(&person).await?;
    let days = new.days.unwrap_or(DAYS);
    let made = token::make(&session, &person, (&new.name, role), days).await?;
    Ok((StatusCode::CREATED, Json(Made { number: made.number, token: made.secret })))
}

/// Ends a token.
#[utoipa::path(delete, path = "/tokens/{number}", tag = "access",
    params(("number" = i64, Path,)), responses((status = 204)))]
pub async fn revoke_token(
    State(app): State<Arc<App>>,
    Signed(person): Signed,
    Path(number): Path<i64>,
) -> Result<StatusCode, Failure> {
    match token::revoke(&app.acting(&person).await?, &person, number).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Failure::NotThere),
    }
}

/// Somebody who may sign in. Times are in UTC.
#[derive(Serialize, ToSchema)]
pub struct Account {
    number: i64,
    name: String,
    role: String,
    created: String,
    created_by: Option<String>,
    last_seen: Option<String>,
    is_disabled: bool,
    is_locked: bool,
}

/// Who may sign in: for admins.
#[utoipa::path(get, path = "/accounts", tag = "access",
    responses((status = 200, body = Vec<Account>)))]
pub async fn accounts(State(app): State<Arc<App>>, _: Admin) -> Answer<Vec<Account>> {
    let account = |listed: karat_store::account::Listed| Account {
        number: listed.account.id,
        name: listed.account.name,
        role: listed.account.role,
        created: listed.created,
        created_by: listed.created_by,
        last_seen: listed.seen,
        is_disabled: listed.is_disabled,
        is_locked: listed.is_locked,
    };
    let all = account::list(&app.session().await?).await?;
    Ok(Json(all.into_iter().map(account).collect()))
}

/// Whom a link lets in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// `viewer`, `operator` or `admin`.
    role: String,
}

/// A link that works once.
#[derive(Serialize, ToSchema)]
pub struct Invitation {
    url: String,
}

/// Makes a link by which somebody makes an account, once, within three days: for admins.
#[utoipa::path(post, path = "/invitations", tag = "access", request_body = Invite,
    responses((status = 201, body = Invitation)))]
pub async fn invite(
    State(app): State<Arc<App>>,
    Admin(person): Admin,
    Json(invite): Json<Invite>,
) -> Result<(StatusCode, Json<Invitation>), Failure> {
    let role = role(&invite.role)?;
    let session = app.acting(&person).await?;
    let secret = account::invite(&session, &person, (role, None)).await?;
    let url = format!("{}/welcome/{secret}", app.url());
    Ok((StatusCode::CREATED, Json(Invitation { url })))
}
