//! Forgetting outputs of long ago, and what lies in storage and nobody has on record.

use std::collections::HashSet;
use std::sync::Arc;

use karat_record::{Reporter, Result};
use karat_store::output as store;
use serde::Serialize;
use serde_json::json;

use crate::base::Base;
use crate::context::Context;
use crate::on_record::OnRecord;
use crate::project::Project;

/// What was forgotten, or would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// Entries of the record.
    pub entries: u64,
    /// Files of storage that no entry names any more.
    pub files: u64,
    pub bytes: u64,
}

/// Forgets the outputs of all but the last `keep` runs that made any; what is in force stays. With
/// `dry`, nothing is touched.
///
/// # Errors
/// When storage cannot be read or written.
pub async fn prune(
    project: &Project,
    base: &Base,
    (keep, dry): (u32, bool),
    reporter: Arc<dyn Reporter>,
) -> Result<Pruned> {
    let context = Context { project, address: &base.address, reporter, run: None };
    let session = context.connect().await?;
    // A run that makes outputs puts files into storage before they are on record: none may run.
    let run = OnRecord::begin(context, session, "outputs prune").await?;
    let pruned = forget(&run, keep, dry).await;
    let detail = json!({ "pruned": pruned.as_ref().ok(), "dry_run": dry });
    run.end(pruned.as_ref().err(), &detail).await?;
    pruned
}

async fn forget(run: &OnRecord<'_>, keep: u32, dry: bool) -> Result<Pruned> {
    let session = &run.session;
    session.begin().await?;
    let mut pruned =
        Pruned { entries: store::prune(session, keep.into()).await?, ..Pruned::default() };
    let named: HashSet<String> = store::contents(session).await?.into_iter().collect();
    match dry {
        true => session.rollback().await?,
        false => session.commit().await?,
    }
    let storage = run.context.project.storage();
    for content in storage.list()?.iter().filter(|content| !named.contains(&content.sha256)) {
        if !dry {
            storage.remove(&content.sha256)?;
        }
        pruned.files += 1;
        pruned.bytes += content.bytes;
    }
    Ok(pruned)
}
