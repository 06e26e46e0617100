//! `karat config show`: every setting with where it came from.

use serde_json::json;

use super::{Done, Shell};
use crate::Ending;
use crate::output::table;

pub fn run(shell: &mut Shell) -> Done {
    let project = shell.project()?;
    let rows: Vec<Vec<String>> = project
        .settings
        .iter()
        .map(|s| vec![s.name.to_owned(), s.shown.clone(), s.origin.clone()])
        .collect();
    table(&rows, &[]).iter().for_each(|line| shell.output.line(line));
    let lists = [
        ("datasets", project.datasets.iter().map(|d| d.name.as_str()).collect::<Vec<_>>()),
        ("entities", project.entities.iter().map(|e| e.name.as_str()).collect()),
    ];
    for (what, names) in &lists {
        shell.output.line(format!("{what}: {}", names.join(", ")));
    }
    let settings: Vec<_> = project
        .settings
        .iter()
        .map(|s| json!({ "name": s.name, "value": s.shown, "from": s.origin }))
        .collect();
    let [(_, datasets), (_, entities)] = lists;
    shell
        .output
        .document(&json!({ "settings": settings, "datasets": datasets, "entities": entities }));
    Ok(Ending::Done)
}
