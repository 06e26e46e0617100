//! Rejected rows outside of the load that rejected them: handed out for mending, taken back, and
//! what their columns' alias tables lack.

mod export;
mod unmapped;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use karat_record::{Reporter, Result};
use karat_store::lock::WriteLock;
use karat_store::run as ledger;
use karat_store::{Session, load::Stage as Staging, own};
use serde_json::json;

use crate::base::Base;
use crate::context::Context;
use crate::load;
use crate::load::replay::{self, Outcome};
use crate::project::Project;
use crate::project::dataset::Origin;

pub use export::{Exported, Wanted, export};
pub use unmapped::{Missing, missing, write};

/// How long a replay waits for a run to end.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// What a replay did.
#[derive(Clone, Debug)]
pub struct Replayed {
    pub outcome: Outcome,
    /// Datasets that are made from the mended one.
    pub followers: Vec<load::Summary>,
}

/// Loads a mended export, as a run of its own on record.
pub async fn replay(
    project: &Project,
    base: &Base,
    (path, overwrite): (&Path, bool),
    reporter: Arc<dyn Reporter>,
) -> Result<Replayed> {
    let mut context = Context { project, address: &base.address, reporter, run: None };
    let session = context.connect().await?;
    own::is_ready(&session).await?;
    let reporter = context.reporter.clone();
    let _lock = WriteLock::take(context.address, PATIENCE, |holder| {
        reporter.note(&format!("waiting for another Karat to end ({holder})"));
    })
    .await?;
    own::prepare(&session).await?;
    Staging::sweep(&session).await?;
    let (run, _) = ledger::begin(&session, "rejects replay").await?;
    context.run = Some(run);
    let done = replayed(&context, path, overwrite).await;
    let error = done.as_ref().err().map(|problem| problem.what.clone());
    let detail = done.as_ref().map_or_else(|_| json!({}), |done| json!({ "replay": done.outcome }));
    ended(&context, session, run, error.as_deref(), &detail).await?;
    done
}

/// The run's session may be what broke; its end is then recorded by another.
async fn ended(
    context: &Context<'_>,
    session: Session,
    run: i64,
    error: Option<&str>,
    detail: &serde_json::Value,
) -> Result<()> {
    if ledger::end(&session, run, error, detail).await.is_err() {
        let session = context.connect().await?;
        ledger::end(&session, run, error, detail).await?;
    }
    Ok(())
}

async fn replayed(context: &Context<'_>, path: &Path, overwrite: bool) -> Result<Replayed> {
    let outcome = replay::replay(context, path, overwrite).await?;
    let mut followers = Vec::new();
    if outcome.load.is_some() {
        for dataset in load::ordered(context.project)? {
            let follows = matches!(&dataset.origin, Origin::Each { dataset: parent, .. }
                if *parent == outcome.dataset);
            if follows {
                followers.extend(load::load(context, dataset).await?);
            }
        }
    }
    Ok(Replayed { outcome, followers })
}
