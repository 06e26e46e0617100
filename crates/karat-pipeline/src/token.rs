//! Tokens: what programs show instead of a name and a password. Who makes one sees it once; only its
//! hash is kept.

use karat_connect::vault::hash_bytes;
use karat_record::{Kind, Problem, Result};
use karat_store::{Interface, Session, token as store};

pub use karat_store::token::Token;

use crate::account::{Person, Role, secret};

/// How every token begins, so that tools which look for leaked secrets know one.
const PREFIX: &str = "karat_";

/// Days for which a token is good: if nobody says, and at most.
pub const DAYS: u16 = 90;
pub const LONGEST: u16 = 366;

/// A token that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub number: i64,
    pub secret: String,
}

/// Whether a text is like a token.
pub fn is_one(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// Makes a token that allows no more than a role, and never more than its owner may.
///
/// # Errors
/// A role that its owner does not have, a name that is none, days that are too many.
pub async fn make(
    session: &Session,
    person: &Person,
    (name, role): (&str, Role),
    days: u16,
) -> Result<Made> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        let problem = Problem::new(Kind::Usage, "the name of a token has 1 to 100 characters");
        return Err(problem.hint("say what it is for"));
    }
    if days == 0 || days > LONGEST {
        return Err(Problem::new(Kind::Usage, format!("a token is good for 1 to {LONGEST} days")));
    }
    if role > person.role {
        let what = format!("a token of {} cannot allow what an {} may", person.name, role.name());
        return Err(Problem::new(Kind::Usage, what).hint("ask for less"));
    }
    let secret = format!("{PREFIX}{}", secret()?);
    let of = (person.id, name, role.name());
    let number = store::add(session, &hash_bytes(secret.as_bytes()), of, days.into()).await?;
    let gone = || Problem::new(Kind::Usage, "this account is not there any more");
    Ok(Made { number: number.ok_or_else(gone)?, secret })
}

/// The tokens of a person; of everybody, where an admin asks for them.
///
/// # Errors
/// What the database says.
pub async fn list(session: &Session, person: &Person) -> Result<Vec<Token>> {
    store::list(session, scope(person)).await
}

/// Ends a token; false where the person has none of that number.
///
/// # Errors
/// What the database says.
pub async fn revoke(session: &Session, person: &Person, number: i64) -> Result<bool> {
    store::revoke(session, number, scope(person)).await
}

/// The account whose tokens somebody sees; none: all.
fn scope(person: &Person) -> Option<i64> {
    (person.role < Role::Admin).then_some(person.id)
}

/// Who shows a token; nobody where it has ended or never was.
///
/// # Errors
/// What the database says.
pub async fn who(session: &Session, secret: &str) -> Result<Option<Person>> {
    if !is_one(secret) {
        return Ok(None);
    }
    let found = store::who(session, &hash_bytes(secret.as_bytes())).await?;
    Ok(found.and_then(|(account, at_most)| {
        let role = Role::named(&account.role)?.min(Role::named(&at_most)?);
        Some(Person { id: account.id, name: account.name, role, through: Interface::Api })
    }))
}
