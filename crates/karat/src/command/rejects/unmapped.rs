//! `karat rejects unmapped`: values that alias tables lack.

use std::path::PathBuf;

use karat_pipeline::project::Project;
use karat_pipeline::rejects::{self, Missing};
use karat_store::Session;
use serde_json::json;

use super::super::{Done, Shell};
use crate::Ending;
use crate::output::{number, table};

/// Which values, and where they go.
pub struct Which<'a> {
    pub dataset: &'a Option<String>,
    pub alias: &'a Option<String>,
    pub csv: &'a Option<PathBuf>,
    pub limit: usize,
}

pub async fn run(
    shell: &Shell,
    project: &Project,
    session: Option<&Session>,
    which: &Which<'_>,
) -> Done {
    let mut values = match session {
        Some(session) => rejects::missing(project, session, which.dataset.as_deref()).await?,
        None => Vec::new(),
    };
    values.retain(|value| which.alias.as_ref().is_none_or(|alias| *alias == value.alias));
    let out = &shell.output;
    if values.is_empty() {
        out.line("no value is missing in an alias table");
    } else {
        let head = ["dataset", "column", "aliases", "rows", "value", "nearest"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(values.iter().take(which.limit).map(row));
        let lines = table(&rows, &[false, false, false, true]);
        lines.iter().for_each(|line| out.line(format!("  {line}")));
        if values.len() > which.limit {
            let total = number(values.len() as u64);
            out.line(format!("{} of {total} values; see more with --limit", which.limit));
        }
        if let Some(path) = which.csv {
            let lines = rejects::write(path, &values)?;
            out.line(format!(
                "wrote {} values to {}; fill in canonical, and put the lines into aliases/{}",
                number(lines as u64),
                path.display(),
                values[0].alias
            ));
        }
    }
    out.document(&json!({ "unmapped": values }));
    Ok(Ending::Done)
}

fn row(value: &Missing) -> Vec<String> {
    let about = if value.least == value.most { "" } else { "≥ " };
    vec![
        value.dataset.clone(),
        value.column.clone(),
        value.alias.clone(),
        format!("{about}{}", number(value.least)),
        value.value.clone(),
        value.nearest.clone().unwrap_or_default(),
    ]
}
