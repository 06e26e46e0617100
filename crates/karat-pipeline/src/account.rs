//! People who use the pages: how they come in, who they are, and what they may do. Nothing that
//! lets somebody in is kept; only what tells that it is right.

use std::sync::OnceLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use karat_connect::vault::{hash_bytes, hex};
use karat_record::{Kind, Problem, Result};
use karat_store::account::{self as store, Listed};
use karat_store::{Interface, Session};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// What somebody may do; who may more may all that others may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Look at everything but accounts.
    Viewer,
    /// Decide, load, run.
    Operator,
    /// Say who may what.
    Admin,
}

impl Role {
    pub const ALL: [Role; 3] = [Role::Viewer, Role::Operator, Role::Admin];

    pub fn name(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Operator => "operator",
            Role::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn named(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: i64,
    pub name: String,
    pub role: Role,
    /// How they ask.
    pub through: Interface,
}

/// Why somebody is not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Name or password are wrong; which, nobody is told.
    Wrong,
    /// Too many attempts were wrong: for so many seconds.
    Locked(i64),
}

/// Characters that a password has at least, and bytes that it has at most.
pub const SHORTEST: usize = 12;
const LONGEST: usize = 1000;

/// Passwords that are hashed at one time; each takes 64 MiB.
static HASHING: Semaphore = Semaphore::const_new(2);

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(64 * 1024, 3, 1, None);
    let params = params.map_err(|e| Problem::new(Kind::Internal, e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A new secret: what a link or a cookie carries.
pub(crate) fn secret() -> Result<String> {
    Ok(hex(&salt()?))
}

/// Random bytes.
///
/// # Errors
/// A system that has none.
pub fn salt() -> Result<[u8; 32]> {
    let mut bytes = [0_u8; 32];
    let cannot = |e| Problem::new(Kind::Internal, format!("no random numbers: {e}"));
    getrandom::fill(&mut bytes).map_err(cannot)?;
    Ok(bytes)
}

async fn hashing<T: Send + 'static>(
    work: impl FnOnce(Argon2<'static>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let gone = |e: &dyn std::fmt::Display| Problem::new(Kind::Internal, e.to_string());
    let _turn = HASHING.acquire().await.map_err(|e| gone(&e))?;
    let argon2 = argon2()?;
    spawn_blocking(move || work(argon2)).await.map_err(|e| gone(&e))?
}

async fn hashed(password: String) -> Result<String> {
    let cannot = |e| Problem::new(Kind::Internal, format!("cannot hash a password: {e}"));
    hashing(move |argon2| {
        argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(cannot)
    })
    .await
}

async fn is_right(password: String, hash: String) -> Result<bool> {
    hashing(move |argon2| {
        let hash = PasswordHash::new(&hash);
        Ok(hash.is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok()))
    })
    .await
}

/// A hash of no password, so that a name that is not there takes as long as one that is.
async fn nobodys() -> Result<String> {
    static HASH: OnceLock<String> = OnceLock::new();
    if let Some(hash) = HASH.get() {
        return Ok(hash.clone());
    }
    let hash = hashed(secret()?).await?;
    Ok(HASH.get_or_init(|| hash).clone())
}

/// The secret of a link that makes an admin, as long as there is none, or on demand: whoever asks has
/// the database in their hands.
///
/// # Errors
/// What the database says.
pub async fn first_link(session: &Session, on_demand: bool) -> Result<Option<String>> {
    if !on_demand && store::any(session).await? {
        return Ok(None);
    }
    let secret = secret()?;
    store::invite_first(session, &hash_bytes(secret.as_bytes())).await?;
    Ok(Some(secret))
}

/// Lets somebody in who knows a password; the secret of the session that begins.
///
/// # Errors
/// What the database says; a wrong password is no error.
pub async fn sign_in(
    session: &Session,
    by: (&str, &str),
    agent: Option<&str>,
) -> Result<Result<String, Refusal>> {
    let secret = secret()?;
    let entered = sign_in_with(session, by, (&secret, agent)).await?;
    Ok(entered.map(|()| secret))
}

/// Lets somebody in who knows a password; the session goes by the secret that is given.
///
/// # Errors
/// What the database says; a wrong password is no error.
pub async fn sign_in_with(
    session: &Session,
    (name, password): (&str, &str),
    (secret, agent): (&str, Option<&str>),
) -> Result<Result<(), Refusal>> {
    if password.len() > LONGEST {
        return Ok(Err(Refusal::Wrong));
    }
    let Some(attempt) = store::attempt(session, name).await? else {
        if let Some(seconds) = store::locked(session, name).await? {
            return Ok(Err(Refusal::Locked(seconds)));
        }
        store::stranger(session, name).await?;
        is_right(password.to_owned(), nobodys().await?).await?;
        return Ok(Err(Refusal::Wrong));
    };
    if !is_right(password.to_owned(), attempt.password).await? {
        return Ok(Err(Refusal::Wrong));
    }
    let entered = (&hash_bytes(secret.as_bytes())[..], agent);
    let is_in = store::enter(session, attempt.id, entered).await?;
    Ok(is_in.then_some(()).ok_or(Refusal::Wrong))
}

/// Whose session it is, unless it has ended.
///
/// # Errors
/// What the database says.
pub async fn who(session: &Session, secret: &str, through: Interface) -> Result<Option<Person>> {
    let found = store::who(session, &hash_bytes(secret.as_bytes())).await?;
    Ok(found.and_then(|account| {
        let role = Role::named(&account.role)?;
        Some(Person { id: account.id, name: account.name, role, through })
    }))
}

/// The secret of the session of a program that shows a name and a password with everything it asks:
/// made from them and from `salt`, which nobody but this process has.
pub fn of_password(salt: &[u8], (name, password): (&str, &str)) -> String {
    let said = format!("{}:{name}:{password}", name.len());
    hex(&hash_bytes(&[salt, said.as_bytes()].concat()))
}

/// Who a program acts for that shows name and password. The password is looked at once; what follows
/// goes by a session of this secret.
///
/// # Errors
/// What the database says; a wrong password is no error.
pub async fn by_password(
    session: &Session,
    by: (&str, &str),
    secret: &str,
) -> Result<Result<Person, Refusal>> {
    let with = (secret, Some("a program with a password"));
    if let Err(refusal) = sign_in_with(session, by, with).await? {
        return Ok(Err(refusal));
    }
    Ok(who(session, secret, Interface::Api).await?.ok_or(Refusal::Wrong))
}

/// Ends a session.
///
/// # Errors
/// What the database says.
pub async fn sign_out(session: &Session, secret: &str) -> Result<()> {
    store::leave(session, &hash_bytes(secret.as_bytes())).await
}

/// A link for a new account of this role, or one that gives an account a new password.
///
/// # Errors
/// An account that is not there.
pub async fn invite(
    session: &Session,
    by: &Person,
    (role, account): (Role, Option<i64>),
) -> Result<String> {
    let secret = secret()?;
    match store::invite(session, &hash_bytes(secret.as_bytes()), (role.name(), account), &by.name)
        .await?
    {
        true => Ok(secret),
        false => Err(Problem::new(Kind::Usage, "this account is not there any more")),
    }
}

/// What a link is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    pub role: Role,
    /// Whose password it renews; none where it makes an account.
    pub name: Option<String>,
}

/// What a link is good for; none where it was used or has ended.
///
/// # Errors
/// What the database says.
pub async fn invited(session: &Session, secret: &str) -> Result<Option<Invited>> {
    let found = store::invited(session, &hash_bytes(secret.as_bytes())).await?;
    Ok(found.and_then(|i| Some(Invited { role: Role::named(&i.role)?, name: i.name })))
}

/// Uses a link; the secret of the session that begins.
///
/// # Errors
/// A link that was used or has ended, a name that is taken, a password that is too short.
pub async fn accept(
    session: &Session,
    link: &str,
    (name, password): (&str, &str),
    agent: Option<&str>,
) -> Result<String> {
    let ended = || {
        Problem::new(Kind::Usage, "this link was used or has ended")
            .hint("ask an admin for a new one; karat serve prints one where there is no admin")
    };
    let invited = invited(session, link).await?.ok_or_else(ended)?;
    let name = invited.name.as_deref().unwrap_or(name).trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Problem::new(Kind::Usage, "a name has 1 to 100 characters"));
    }
    if password.chars().count() < SHORTEST || password.len() > LONGEST {
        let what = format!("a password has at least {SHORTEST} characters");
        return Err(Problem::new(Kind::Usage, what).hint("a few words are easy to remember"));
    }
    let hash = hashed(password.to_owned()).await?;
    let account = match store::accept(session, &hash_bytes(link.as_bytes()), (name, &hash)).await {
        Err(problem) if problem.kind == Kind::Sql => {
            return Err(Problem::new(Kind::Usage, "somebody has this name already"));
        }
        found => found?.ok_or_else(ended)?,
    };
    let secret = secret()?;
    match store::enter(session, account, (&hash_bytes(secret.as_bytes()), agent)).await? {
        true => Ok(secret),
        false => Err(ended()),
    }
}

/// All accounts, by name.
///
/// # Errors
/// What the database says.
pub async fn list(session: &Session) -> Result<Vec<Listed>> {
    store::list(session).await
}

/// Gives an account a role, or, without one, disables it and ends its sessions.
///
/// # Errors
/// The last admin, who has to stay one.
pub async fn change(session: &Session, account: i64, role: Option<Role>) -> Result<()> {
    match store::change(session, account, role.map(Role::name)).await? {
        true => Ok(()),
        false => Err(Problem::new(Kind::Usage, "the last admin stays an admin")
            .hint("make somebody else an admin first")),
    }
}
