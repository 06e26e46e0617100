//! `karat rejects`: rows that did not fit.

use karat_store::rejects::{self, Rejected};
use karat_store::{Session, own};
use serde_json::json;

use super::{Done, Shell, declared};
use crate::Ending;
use crate::args::Rejects;
use crate::output::number;

pub async fn run(shell: &mut Shell, rejects: &Rejects) -> Done {
    let Rejects::List { dataset, limit } = rejects;
    let project = shell.project()?;
    if let Some(name) = dataset {
        declared("dataset", name, project.datasets.iter().map(|d| &d.name))?;
    }
    let base = shell.base(&project)?;
    let session = Session::open(&base.address).await?;
    let (total, rows) = if own::is_ready(&session).await? {
        rejects::list(&session, dataset.as_deref(), *limit).await?
    } else {
        (0, Vec::new())
    };
    for row in &rows {
        shell.output.line(format!("  {}", headline(row)));
        shell.output.line(format!("      {}", shell.output.faint(&excerpt(&row.raw))));
    }
    let shown = rows.len() as u64;
    shell.output.line(match total {
        0 => "no rejected rows".to_owned(),
        _ if shown < total => {
            format!("{} of {} rejected rows; see more with --limit", shown, number(total))
        }
        _ => format!("{} rejected rows", number(total)),
    });
    shell.output.document(&json!({ "total": total, "rejects": rows }));
    Ok(Ending::Done)
}

fn headline(row: &Rejected) -> String {
    let column = row.column.as_ref().map(|c| format!("{c} ")).unwrap_or_default();
    format!("{}:{}  {}  {column}{}", row.origin, row.line, row.rule, row.message)
}

/// The beginning of a raw row, on one line.
fn excerpt(raw: &str) -> String {
    const LONGEST: usize = 120;
    let line: String = raw.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= LONGEST {
        return line;
    }
    line.chars().take(LONGEST).chain(['…']).collect()
}
