//! `karat check`: what is expected of tables, and the rows that fail.

use karat_pipeline::base::Base;
use karat_pipeline::check::import::{self, Request};
use karat_pipeline::check::{self, Found, Options, Outcome, Summary};
use karat_pipeline::context::Context;
use karat_pipeline::project::{Project, Suite};
use karat_record::{Kind, Problem, Result};
use karat_store::check::{self as store, Decision};
use karat_store::{Session, own};
use serde_json::json;

use super::{Done, Shell, declared};
use crate::Ending;
use crate::args::{Check, CheckCommand, FailOn};
use crate::output::{Output, duration, number, table};

pub async fn run(shell: &mut Shell, args: &Check) -> Done {
    let project = shell.project()?;
    match &args.command {
        None => check_tables(shell, &project, args).await,
        Some(CheckCommand::Import { file, table, schema }) => {
            let request = Request { file, table: table.as_deref(), schema };
            imported(shell, &import::import(&project, &request)?);
            Ok(Ending::Done)
        }
        Some(CheckCommand::Show { check, limit, all }) => {
            let named = named(&project, check)?;
            let (_base, session) = opened(shell, &project).await?;
            let (total, rows) = store::list(&session, named, *all, *limit).await?;
            show(&shell.output, total, &rows);
            Ok(Ending::Done)
        }
        Some(CheckCommand::Waive { check, key, reason }) => {
            let author = shell.author();
            let decision = Decision::Waive { reason, author: &author };
            decide(shell, &project, (check, key), decision).await
        }
        Some(CheckCommand::Unwaive { check, key }) => {
            decide(shell, &project, (check, key), Decision::Undo).await
        }
    }
}

async fn check_tables(shell: &mut Shell, project: &Project, args: &Check) -> Done {
    for name in &args.suites {
        declared("file of checks", name, project.checks.iter().map(|s| &s.name))?;
    }
    let wanted = |s: &&Suite| args.suites.is_empty() || args.suites.contains(&s.name);
    let suites: Vec<&Suite> = project.checks.iter().filter(wanted).collect();
    let options = Options { as_of: args.as_of, without_values: args.without_values };
    // Statements alone can be given to psql as they are printed.
    let base = if args.sql { Base::open(project)? } else { shell.base(project)? };
    let reporter = shell.reporter()?;
    if args.sql {
        let context = Context { project, address: &base.address, reporter, run: None };
        for suite in suites {
            for statement in check::statements(&context, suite, &options).await? {
                shell.output.result(format!("{statement};\n"));
            }
        }
        return Ok(Ending::Done);
    }
    let checked = check::run(project, &base, (&suites, &options), reporter).await?;
    checked.iter().for_each(|summary| one(&shell.output, summary));
    if checked.is_empty() {
        shell.output.line("nothing is expected yet; begin with a file in checks/");
    }
    let documents: Vec<_> = checked.iter().map(Summary::document).collect();
    let is_finding = |summary: &Summary| match args.fail_on {
        FailOn::Block => !summary.blocks().is_empty(),
        FailOn::Warn => summary.violated() > 0 || !summary.is_good_enough(),
        FailOn::Never => false,
    };
    let found = checked.iter().any(is_finding);
    shell.output.document(&json!({
        "status": if found { "findings" } else { "success" },
        "validation_results": documents,
    }));
    Ok(if found { Ending::Findings } else { Ending::Done })
}

/// A table's checks, one per line, and its score.
fn one(out: &Output, summary: &Summary) {
    out.line("");
    out.line(format!("  {} · {}", out.strong(&summary.suite), summary.table));
    rows(out, summary, |_| true);
    let threshold = summary.threshold.map(|t| match summary.is_good_enough() {
        true => format!(", of at least {:.1} %", t * 100.0),
        false => format!(", BELOW {:.1} %", t * 100.0),
    });
    let threshold = threshold.unwrap_or_default();
    out.line(format!("  {}{threshold} ({})", summary.line(), duration(summary.took)));
    if !summary.has_key && summary.violated() > 0 {
        out.line("  note: the table has no key, so failing rows are not kept; add key = [...]");
    }
}

/// The violated checks of a table, for the summary of a run.
pub fn violated(out: &Output, summary: &Summary) {
    if summary.violated() > 0 {
        out.line("");
        rows(out, summary, |found| !found.passes());
    }
}

fn rows(out: &Output, summary: &Summary, wanted: impl Fn(&Found) -> bool) {
    let head = ["check", "rows", "unexpected", "percent", "verdict"].map(str::to_owned).to_vec();
    let mut lines = vec![head];
    let wanted = summary.found.iter().filter(|found| wanted(found));
    lines.extend(wanted.map(|found| row(&summary.suite, found)));
    for (i, line) in table(&lines, &[false, true, true, true]).iter().enumerate() {
        out.line(format!("  {}", if i == 0 { out.faint(line) } else { line.clone() }));
    }
}

fn row(suite: &str, found: &Found) -> Vec<String> {
    let name = format!("{suite}.{}", found.check.name);
    let severity = found.check.severity.word();
    let mut verdict = match found.passes() {
        true => "holds".to_owned(),
        false => format!("violated ({severity})"),
    };
    let [elements, unexpected, percent] = match &found.outcome {
        Outcome::Rows(rows) => {
            if rows.waived > 0 {
                verdict += &format!(", {} waived", number(rows.waived));
            }
            let percent = rows.unexpected_percent().unwrap_or(0.0);
            [number(rows.elements), number(rows.unexpected), format!("{percent:.2}")]
        }
        Outcome::Value { observed, .. } => {
            verdict += &format!(", {}", check::says(observed));
            [const { String::new() }; 3]
        }
        Outcome::Error(why) => {
            verdict = format!("cannot be checked ({severity}): {why}");
            [const { String::new() }; 3]
        }
    };
    vec![name, elements, unexpected, percent, verdict]
}

/// A check as FILE.CHECK: its file and its name.
fn named<'a>(project: &'a Project, name: &str) -> Result<(&'a str, &'a str)> {
    let (suite, check) = check::named(project, name)?;
    Ok((&suite.name, &check.name))
}

/// A session where something was checked; holding the base keeps a local server running.
async fn opened(shell: &Shell, project: &Project) -> Result<(Base, Session)> {
    let base = shell.base(project)?;
    let session = Session::open(&base.address).await?;
    if !own::is_ready(&session).await? {
        let problem = Problem::new(Kind::Usage, "nothing was checked here yet");
        return Err(problem.hint("karat check checks"));
    }
    Ok((base, session))
}

fn show(out: &Output, total: u64, rows: &[store::Failure]) {
    for row in rows {
        let value = if row.value.is_null() { String::new() } else { format!("  {}", row.value) };
        let why = row.reason.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        out.line(format!("  {:6} {}{value}{why}", row.state, row.key));
    }
    out.line(match total {
        0 => "no rows fail".to_owned(),
        _ => format!("{} of {} rows", rows.len(), number(total)),
    });
    out.document(&json!({ "total": total, "rows": rows }));
}

async fn decide(
    shell: &Shell,
    project: &Project,
    (check, key): (&str, &str),
    decision: Decision<'_>,
) -> Done {
    let named = named(project, check)?;
    let (_base, session) = opened(shell, project).await?;
    check::decide(&session, named, (&[key], decision)).await?;
    let noted = match decision {
        Decision::Waive { .. } => "the row does not count against the check",
        Decision::Undo => "the row counts against the check again",
    };
    shell.output.line(format!("noted: from the next karat check on, {noted}"));
    shell.output.document(&json!({ "noted": noted }));
    Ok(Ending::Done)
}

fn imported(shell: &Shell, written: &[import::Written]) {
    let out = &shell.output;
    for one in written {
        match &one.path {
            Some(path) => {
                let count = number(one.imported.checks.len() as u64);
                out.line(format!("wrote {} with {count} checks", path.display()));
            }
            None => out.line(format!("nothing of {} could be imported", one.imported.name)),
        }
        for (name, why) in &one.imported.refused {
            out.line(format!("  not imported: {name}: {why}"));
        }
    }
    let documents = written.iter().map(|one| {
        let refused = one.imported.refused.iter();
        let refused = refused.map(|(name, why)| json!({ "name": name, "reason": why }));
        json!({
            "file": one.path,
            "checks": one.imported.checks.len(),
            "not_imported": refused.collect::<Vec<_>>(),
        })
    });
    out.document(&json!({ "imported": documents.collect::<Vec<_>>() }));
}
