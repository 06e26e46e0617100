//! Work as a run on record: alone on its database, with its end recorded whatever became of it.

use std::time::Duration;

use karat_record::{Problem, Result};
use karat_store::lock::WriteLock;
use karat_store::{Session, own, run as ledger};
use serde_json::Value as Json;

use crate::context::Context;

/// How long a run waits for another one to end.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// The same for a run that is a job: it gives its place to others then, and comes again.
const PATIENCE_OF_A_JOB: Duration = Duration::from_secs(5);

/// A run that has begun; it is alone until it is dropped.
pub struct OnRecord<'a> {
    /// What its steps work with.
    pub context: Context<'a>,
    pub session: Session,
    pub number: i64,
    /// How many runs before were broken off.
    pub abandoned: u64,
    _lock: WriteLock,
}

impl<'a> OnRecord<'a> {
    /// Begins a run of a command.
    ///
    /// # Errors
    /// `Kind::Newer` before anything waits for anything, and `Kind::Busy` when another run does
    /// not end.
    pub async fn begin(
        mut context: Context<'a>,
        session: Session,
        command: &str,
    ) -> Result<OnRecord<'a>> {
        own::is_ready(&session).await?;
        let lock = lock(&context).await?;
        own::prepare(&session).await?;
        let (number, abandoned) = ledger::begin(&session, command).await?;
        context.run = Some(number);
        Ok(OnRecord { context, session, number, abandoned, _lock: lock })
    }

    /// Records its end. The run's session may be what broke; another one records it then.
    pub async fn end(&self, problem: Option<&Problem>, detail: &Json) -> Result<()> {
        let error = problem.map(|problem| problem.what.as_str());
        if ledger::end(&self.session, self.number, error, detail).await.is_ok() {
            return Ok(());
        }
        let session = self.context.connect().await?;
        ledger::end(&session, self.number, error, detail).await
    }
}

/// Waits until no other Karat changes the database.
pub async fn lock(context: &Context<'_>) -> Result<WriteLock> {
    if context.address.tether.is_some() {
        return WriteLock::take(context.address, PATIENCE_OF_A_JOB, |_| {}).await;
    }
    let reporter = context.reporter.clone();
    WriteLock::take(context.address, PATIENCE, |holder| {
        reporter.note(&format!("waiting for another Karat to end ({holder})"));
    })
    .await
}
