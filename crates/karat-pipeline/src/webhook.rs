//! Webhooks: programs that are told what happens, by messages that they can tell from forged ones.

use karat_connect::webhook::{checked, shown};
use karat_record::{Kind, Problem, Result};
use karat_store::{Session, webhook as store};

pub use karat_store::webhook::{Webhook, end, list, test};

use crate::account::{Person, salt};
use crate::project::{Project, one_of};

/// What programs can be told.
pub const EVENTS: [&str; 6] =
    ["job.completed", "job.failed", "job.cancelled", "run.done", "run.failed", "upload.received"];

/// A webhook that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub number: i64,
    /// What the other program checks signatures with.
    pub secret: String,
}

/// Makes a webhook that is told of some events; of all, where none is named.
///
/// # Errors
/// A URL to which no messages may go, and an event that there is not.
pub async fn make(
    project: &Project,
    session: &Session,
    person: &Person,
    (url, events): (&str, &[String]),
) -> Result<Made> {
    let url = checked(url, project.private_webhooks)?;
    if let Some(unknown) = events.iter().find(|event| !EVENTS.contains(&event.as_str())) {
        let problem = Problem::new(Kind::Usage, format!("there is no event {unknown:?}"));
        return Err(problem.hint(one_of(unknown, &EVENTS)));
    }
    let secret = salt()?;
    let number = store::add(session, (url.as_str(), events), &secret, &person.name).await?;
    Ok(Made { number, secret: shown(&secret) })
}
