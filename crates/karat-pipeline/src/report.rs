//! The report of a run: one JSON file, written whole or not at all, on success and on failure.

use std::fs;
use std::path::{Path, PathBuf};

use karat_record::{Problem, Result};
use serde_json::{Value as Json, json};

use crate::project::Project;
use crate::resolve::{self, seconds};
use crate::run::{Step, Summary};
use crate::{check, objective, outputs};

/// Version of the report's form.
const FORM: u32 = 1;

/// Where the report goes.
pub fn path(project: &Project, wanted: Option<&Path>) -> PathBuf {
    match wanted {
        Some(path) => path.to_owned(),
        None => project.root.join("logs/deployment_report.json"),
    }
}

/// Writes the report of a run.
pub fn write(project: &Project, summary: &Summary) -> Result<()> {
    let path = &summary.report;
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|e| {
        Problem::io("make", folder, &e)
            .hint("make the project's folder writable, or name another with --report-file")
    })?;
    let text = serde_json::to_string_pretty(&whole(project, summary)).unwrap_or_default();
    let draft = path.with_extension(format!("json.{}", std::process::id()));
    fs::write(&draft, text + "\n")
        .and_then(|()| fs::rename(&draft, path))
        .map_err(|e| Problem::io("write", path, &e))
}

fn whole(project: &Project, summary: &Summary) -> Json {
    let ended = summary.started + summary.took;
    let skipped = Step::ALL.iter().filter(|step| !summary.steps.contains(step));
    let settings: serde_json::Map<String, Json> = project
        .settings
        .iter()
        .map(|s| (s.name.to_owned(), json!({ "value": s.shown, "from": s.origin })))
        .collect();
    json!({
        "form": FORM,
        "deployment_id": summary.started.strftime("deploy_%Y%m%d_%H%M%S").to_string(),
        "run": summary.number,
        "status": if summary.failure.is_none() { "success" } else { "failed" },
        "error": summary.failure.as_ref().map(ToString::to_string),
        "start_time": summary.started.to_string(),
        "end_time": ended.to_string(),
        "total_duration_seconds": seconds(summary.took),
        "skipped_steps": skipped.map(|step| step.name()).collect::<Vec<_>>(),
        "configuration": settings,
        "database_info": {
            "database_name": summary.database,
            "version": summary.server_version,
        },
        "sql_deployment": deployment(summary),
        "verification": verification(summary),
        "data_pipeline": results(summary),
    })
}

/// The deployment's part: what was done to which object.
pub fn deployment(summary: &Summary) -> Json {
    let Some(deployed) = &summary.deployed else { return Json::Null };
    let of = |words: &[&str]| {
        let is = |object: &str| words.iter().any(|word| object.starts_with(word));
        deployed.applied.iter().filter(|a| is(&a.object)).count()
    };
    let log = deployed.applied.iter().map(|a| {
        json!({
            "object": a.object,
            "script": a.file,
            "action": a.action,
            "status": if a.error.is_none() { "success" } else { "failed" },
            "duration_seconds": a.seconds,
            "error": a.error,
        })
    });
    json!({
        "status": if deployed.failure.is_none() { "success" } else { "failed" },
        "total_duration_seconds": seconds(deployed.took),
        "unchanged_count": deployed.kept,
        "ddl_count": of(&["table", "index", "schema", "type", "view", "sequence", "constraint"]),
        "function_count": of(&["function"]),
        "trigger_count": of(&["trigger"]),
        "rls_enabled": deployed.skipped == 0,
        "undeclared": deployed.undeclared,
        "deployment_log": log.collect::<Vec<_>>(),
    })
}

fn verification(summary: &Summary) -> Json {
    let Some(verified) = &summary.verified else { return Json::Null };
    let tables = verified
        .tables
        .iter()
        .map(|(name, rows)| (name.clone(), json!({ "exists": true, "row_count": rows })));
    let functions = verified.functions.iter().map(|(name, there)| (name.clone(), json!(there)));
    json!({
        "all_verified": verified.is_sound(),
        "tables": Json::Object(tables.collect()),
        "functions": Json::Object(functions.collect()),
        "differences": verified.differences,
    })
}

/// The data's part: loads, resolutions, checks, objectives and outputs.
pub fn results(summary: &Summary) -> Json {
    json!({
        "csv_load_summary": summary.loads,
        "resolution": summary.resolved.iter().map(resolve::Summary::json).collect::<Vec<_>>(),
        "checks": summary.checked.iter().map(check::Summary::json).collect::<Vec<_>>(),
        "objectives": summary.measured.iter().map(objective::Summary::json).collect::<Vec<_>>(),
        "outputs": summary.made.iter().map(outputs::Summary::json).collect::<Vec<_>>(),
    })
}
