//! `karat rejects`: rows that did not fit.

mod replay;
mod show;
mod unmapped;

use karat_pipeline::base::Base;
use karat_pipeline::project::Project;
use karat_pipeline::rejects::{self as pipeline, Wanted};
use karat_record::{Kind, Problem, Result};
use karat_store::rejects::{self, Filter, Rejected};
use karat_store::{Session, own};
use serde_json::json;

use super::{Done, Shell, declared};
use crate::Ending;
use crate::args::{Rejects, Which};
use crate::output::{number, table};

pub async fn run(shell: &mut Shell, rejects: &Rejects) -> Done {
    let project = shell.project()?;
    if let Rejects::List { which, .. } | Rejects::Export { which, .. } = rejects
        && let Some(name) = &which.dataset
    {
        declared("dataset", name, project.datasets.iter().map(|d| &d.name))?;
    }
    let base = shell.base(&project)?;
    if let Rejects::Replay { file, overwrite, yes } = rejects {
        shell.agreed(&project, &base, *yes)?;
        return replay::run(shell, &project, &base, (file.as_path(), *overwrite)).await;
    }
    let session = opened(&base).await?;
    match rejects {
        Rejects::List { which, all, limit } => {
            list(shell, session.as_ref(), &filter(which, *all), *limit).await
        }
        Rejects::Show { load, line } => show::run(shell, session.as_ref(), *load, *line).await,
        Rejects::Summary { all } => summary(shell, session.as_ref(), *all).await,
        Rejects::Export { file, which } => {
            let filter = filter(which, false);
            export(shell, &project, session.as_ref(), Wanted { file, filter: &filter }).await
        }
        Rejects::Dismiss { load, lines, reason } => {
            dismiss(shell, session.as_ref(), (*load, lines.as_slice()), reason).await
        }
        Rejects::Unmapped { dataset, alias, csv, limit } => {
            if let Some(name) = dataset {
                declared("dataset", name, project.datasets.iter().map(|d| &d.name))?;
            }
            let which = unmapped::Which { dataset, alias, csv, limit: *limit };
            unmapped::run(shell, &project, session.as_ref(), &which).await
        }
        // Above.
        Rejects::Replay { .. } => Ok(Ending::Done),
    }
}

fn filter(which: &Which, all: bool) -> Filter<'_> {
    let (dataset, rule) = (which.dataset.as_deref(), which.rule.as_deref());
    Filter { dataset, loads: &which.loads, rule, all }
}

/// A session, where something was loaded before.
async fn opened(base: &Base) -> Result<Option<Session>> {
    let session = Session::open(&base.address).await?;
    Ok(own::is_ready(&session).await?.then_some(session))
}

fn nothing_loaded() -> Problem {
    Problem::new(Kind::Usage, "nothing was loaded here yet").hint("karat run loads")
}

async fn list(shell: &Shell, session: Option<&Session>, filter: &Filter<'_>, limit: u32) -> Done {
    let (total, rows) = match session {
        Some(session) => rejects::list(session, filter, limit).await?,
        None => (0, Vec::new()),
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
    let state = if row.state == "open" { String::new() } else { format!("  ({})", row.state) };
    format!("load {}  {}  {}  {column}{}{state}", row.load, row.place(), row.rule, row.message)
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

async fn summary(shell: &Shell, session: Option<&Session>, all: bool) -> Done {
    let groups = match session {
        Some(session) => rejects::summary(session, all).await?,
        None => Vec::new(),
    };
    let head = ["dataset", "column", "rule", "rows", "one of them", "at"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(groups.iter().map(|group| {
        vec![
            group.dataset.clone(),
            group.column.clone().unwrap_or_default(),
            group.rule.clone(),
            number(group.rows),
            group.message.clone(),
            format!("load {}  {}:{}", group.load, group.origin, group.line),
        ]
    }));
    if groups.is_empty() {
        shell.output.line("no rejected rows");
    } else {
        let lines = table(&rows, &[false, false, false, true]);
        lines.iter().for_each(|line| shell.output.line(format!("  {line}")));
    }
    shell.output.document(&json!({ "groups": groups }));
    Ok(Ending::Done)
}

async fn export(
    shell: &Shell,
    project: &Project,
    session: Option<&Session>,
    wanted: Wanted<'_>,
) -> Done {
    let session = session.ok_or_else(nothing_loaded)?;
    let exported = pipeline::export(project, session, wanted).await?;
    let file = wanted.file.display();
    shell.output.line(format!(
        "wrote {} rows of {} to {file}",
        number(exported.rows),
        exported.dataset
    ));
    if exported.uncut > 0 {
        shell.output.line(format!(
            "note: {} of them could not be cut: mend karat_raw, or fill the columns in",
            number(exported.uncut)
        ));
    }
    shell.output.line(format!("next: mend it, and karat rejects replay {file}"));
    shell.output.document(&json!(exported));
    Ok(Ending::Done)
}

async fn dismiss(
    shell: &Shell,
    session: Option<&Session>,
    (load, lines): (i64, &[i64]),
    reason: &str,
) -> Done {
    let session = session.ok_or_else(nothing_loaded)?;
    let author = shell.author();
    let dismissed = rejects::dismiss(session, load, lines, (reason, &author)).await?;
    if dismissed == 0 {
        let what = format!("load {load} has no such open reject");
        let hint = format!("karat rejects list --load {load} shows those that are open");
        return Err(Problem::new(Kind::Usage, what).hint(hint).into());
    }
    shell.output.line(format!("dismissed {} rejected rows of load {load}", number(dismissed)));
    shell.output.document(&json!({ "dismissed": dismissed }));
    Ok(Ending::Done)
}
