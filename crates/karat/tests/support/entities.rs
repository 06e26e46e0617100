//! Entities in tests of the command: who is who, and what commands answer programs.

use serde_json::Value as Json;

use crate::project::Project;

/// The id of a record's entity, by the record's key.
pub fn id_of(project: &Project, key: &str) -> String {
    project.db.sql(&format!("select id from karat.membership where key = '{key}'"))
}

/// What a command answers a program.
pub fn document(project: &Project, arguments: &[&str]) -> Json {
    let output = project.command(&[arguments, &["--format", "json"]].concat()).output().unwrap();
    let shown = || String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}", shown());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", shown()))
}
