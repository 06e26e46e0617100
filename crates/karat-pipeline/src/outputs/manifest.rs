//! The manifest: which files are in force, with their hashes and what they were made from.

use std::io::Write;

use karat_record::{Problem, Result};
use karat_store::output::{Kept, New};
use serde_json::{Value as Json, json};

use super::Summary;
use super::make::Maker;
use crate::project::outputs::MANIFEST;
use crate::project::{Output, Project};

/// The kind of a manifest on record.
pub const KIND: &str = "manifest";

/// The files that stay in force: those of outputs that have not changed, and those of declared ones
/// that nobody asked to make.
pub fn stays(
    project: &Project,
    wanted: &[&Output],
    summaries: &[Summary],
    before: Vec<Kept>,
) -> Vec<Kept> {
    let stays = |kept: &Kept| {
        let name = &kept.file.output;
        let is_unchanged = summaries.iter().any(|s| s.output == *name && s.unchanged);
        let is_declared = project.outputs.iter().any(|output| output.name == *name);
        let is_wanted = wanted.iter().any(|output| output.name == *name);
        is_unchanged || is_declared && !is_wanted
    };
    before.into_iter().filter(stays).collect()
}

/// Makes the manifest of a run; none where nothing is different from the last.
pub fn make(
    maker: &Maker<'_>,
    run: i64,
    (kept, fresh): (&[Kept], &[New]),
    before: &[Kept],
) -> Result<Option<New>> {
    let there = before.iter().filter(|kept| kept.file.kind != KIND).count();
    if fresh.is_empty() && there == kept.len() {
        return Ok(None);
    }
    let all = kept.iter().map(|kept| (kept.run, &kept.file));
    let mut files: Vec<(i64, &New)> = all.chain(fresh.iter().map(|new| (run, new))).collect();
    files.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    let document = json!({
        "form": 1,
        "karat": env!("CARGO_PKG_VERSION"),
        "run": run,
        "files": files.iter().map(|(run, new)| entry(*run, new)).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&document).unwrap_or_default() + "\n";
    let mut draft = maker.storage.draft()?;
    let written = draft.write_all(text.as_bytes());
    written.map_err(|e| Problem::io("write", draft.path(), &e))?;
    let content = maker.storage.keep(draft)?;
    let listed = |(run, new): &(i64, &New)| json!({ "run": run, "name": new.name });
    Ok(Some(New {
        name: MANIFEST.to_owned(),
        output: KIND.to_owned(),
        kind: KIND.to_owned(),
        sha256: content.sha256,
        bytes: content.bytes,
        content_type: "application/json".to_owned(),
        rows: None,
        made_from: json!({ "files": files.iter().map(listed).collect::<Vec<_>>() }),
    }))
}

/// A file as the manifest has it.
fn entry(run: i64, file: &New) -> Json {
    let mut entry = json!(file);
    entry["run"] = run.into();
    entry
}

/// The entry that the manifest must have of a file on record.
pub fn entry_of(kept: &Kept) -> Json {
    entry(kept.run, &kept.file)
}
