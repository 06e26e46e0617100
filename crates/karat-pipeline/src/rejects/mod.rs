//! Rejected rows outside of the load that rejected them: handed out for mending, taken back, mended
//! by hand, and what their columns' alias tables lack.

mod export;
mod mended;
mod unmapped;

use std::path::Path;
use std::sync::Arc;

use karat_record::{Reporter, Result};
use serde_json::json;

use crate::base::Base;
use crate::context::Context;
use crate::load;
use crate::load::replay::{self, Outcome};
use crate::on_record::OnRecord;
use crate::project::Project;
use crate::project::dataset::Origin;

pub use export::{Exported, Wanted, export, text};
pub(crate) use mended::fetched;
pub use mended::{Cells, Mended, cells, may_be_mended, mend};
pub use unmapped::{Missing, missing, write};

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
    let context = Context { project, address: &base.address, reporter, run: None };
    let session = context.connect().await?;
    let run = OnRecord::begin(context, session, "rejects replay").await?;
    let done = replayed(&run, path, overwrite).await;
    let detail = done.as_ref().map_or_else(|_| json!({}), |done| json!({ "replay": done.outcome }));
    run.end(done.as_ref().err(), &detail).await?;
    done
}

async fn replayed(run: &OnRecord<'_>, path: &Path, overwrite: bool) -> Result<Replayed> {
    let context = &run.context;
    load::sweep(context.project, &run.session).await?;
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
