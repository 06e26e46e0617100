//! `karat objectives`: what quality is promised, what was reached, and what of the error budget is
//! spent.

use karat_pipeline::check::Options;
use karat_pipeline::context::Context;
use karat_pipeline::objective::{self, Dimension, Found, Summary, Verdict, Wanted, shown};
use karat_pipeline::project::{Project, one_of};
use karat_record::{Kind, Problem, Result};
use serde_json::json;

use super::{Done, Shell};
use crate::Ending;
use crate::args::{FailOn, Objectives};
use crate::output::{Output, duration, number, table};

pub async fn run(shell: &mut Shell, args: &Objectives) -> Done {
    let project = shell.project()?;
    let wanted = wanted(&project, &args.names)?;
    let options = Options { as_of: args.as_of, without_values: args.without_values };
    let base = match args.sql {
        true => karat_pipeline::base::Base::open(&project)?,
        false => shell.base(&project)?,
    };
    let reporter = shell.reporter()?;
    if args.sql {
        let context = Context { project: &project, address: &base.address, reporter, run: None };
        for statement in objective::statements(&context, &wanted, &options).await? {
            shell.output.result(format!("{statement};\n"));
        }
        return Ok(Ending::Done);
    }
    let measured = objective::run(&project, &base, (&wanted, &options), reporter).await?;
    measured.iter().for_each(|summary| one(&shell.output, summary));
    if measured.is_empty() {
        shell.output.line("nothing is promised yet; begin with a file in objectives/");
    }
    let is_finding = |summary: &Summary| match args.fail_on {
        FailOn::Block => !summary.blocks().is_empty(),
        FailOn::Warn => summary.violated() > 0 || !summary.is_compliant(),
        FailOn::Never => false,
    };
    let found = measured.iter().any(is_finding);
    shell.output.document(&json!({
        "status": if found { "findings" } else { "success" },
        "files": measured.iter().map(Summary::json).collect::<Vec<_>>(),
    }));
    Ok(if found { Ending::Findings } else { Ending::Done })
}

/// The objectives of names: of a file, FILE, or one of it, FILE.OBJECTIVE. No name is all.
fn wanted<'a>(project: &'a Project, names: &[String]) -> Result<Vec<Wanted<'a>>> {
    let mut known: Vec<String> = Vec::new();
    let mut wanted = Vec::new();
    for file in &project.objectives {
        let full = |objective: &str| format!("{}.{objective}", file.name);
        known.push(file.name.clone());
        known.extend(file.objectives.iter().map(|o| full(&o.name)));
        let is_wanted = |name: &str| {
            let asked = |asked: &String| *asked == file.name || *asked == full(name);
            names.is_empty() || names.iter().any(asked)
        };
        let objectives: Vec<_> = file.objectives.iter().filter(|o| is_wanted(&o.name)).collect();
        if !objectives.is_empty() {
            wanted.push(Wanted { file, objectives });
        }
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => {
            let what = format!("there is no file of objectives and no objective {name:?}");
            let names: Vec<&str> = known.iter().copied().filter(|n| !n.contains('.')).collect();
            let names = if name.contains('.') { &known } else { &names };
            Err(Problem::new(Kind::Usage, what).hint(one_of(name, names)))
        }
        None => Ok(wanted),
    }
}

/// The objectives of a file: each with its parts below.
fn one(out: &Output, summary: &Summary) {
    out.line("");
    out.line(format!("  {}", out.strong(&summary.file)));
    rows(out, summary, |_| true);
    for found in &summary.found {
        unfit(out, found);
    }
    let wanted = summary.wanted.map(|wanted| match summary.is_compliant() {
        true => format!(", of at least {:.1} %", wanted * 100.0),
        false => format!(", BELOW {:.1} %", wanted * 100.0),
    });
    let wanted = wanted.unwrap_or_default();
    out.line(format!("  {}{wanted} ({})", summary.line(), duration(summary.took)));
}

/// The violated objectives of a file, for the summary of a run.
pub fn violated(out: &Output, summary: &Summary) {
    if summary.violated() > 0 {
        out.line("");
        rows(out, summary, Found::fails);
    }
}

fn rows(out: &Output, summary: &Summary, wanted: impl Fn(&Found) -> bool) {
    let head = ["objective", "target", "actual", "budget spent", "trend", "verdict"];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    for found in summary.found.iter().filter(|found| wanted(found)) {
        lines.push(row(&summary.file, found));
        if found.parts().count() > 1 {
            lines.extend(found.parts().map(|part| {
                let actual = figure(found, found.of_part(part));
                let mut line = vec![format!("  {}", part.name), String::new(), actual];
                line.resize(6, String::new());
                line
            }));
        }
    }
    for (i, line) in table(&lines, &[false, true, true, true, true]).iter().enumerate() {
        out.line(format!("  {}", if i == 0 { out.faint(line) } else { line.clone() }));
    }
}

fn row(file: &str, found: &Found) -> Vec<String> {
    let objective = &found.objective;
    let owner = objective.owner.as_ref().map(|owner| format!(", {owner}")).unwrap_or_default();
    let verdict = match (found.verdict, found.error()) {
        (_, Some(why)) => format!("cannot be measured ({}): {why}", objective.severity.word()),
        (Some(Verdict::Met), _) => "met".to_owned(),
        (Some(Verdict::Nothing), _) => "nothing to judge".to_owned(),
        _ => format!("violated ({}){owner}", objective.severity.word()),
    };
    vec![
        format!("{file}.{}", objective.name),
        shown::target(&objective.goal),
        figure(found, found.actual),
        shown::spent(found.spent),
        trend(found),
        verdict,
    ]
}

fn figure(found: &Found, value: Option<f64>) -> String {
    shown::figure(found.objective.goal.dimension, value)
}

fn trend(found: &Found) -> String {
    let Some(better) = found.trend() else { return String::new() };
    let size = match found.objective.goal.dimension {
        Dimension::Timeliness => format!("{:.1} days", better.abs()),
        _ => format!("{:.2}", better.abs() * 100.0),
    };
    match better {
        0.0 => "same".to_owned(),
        better if better > 0.0 => format!("better by {size}"),
        _ => format!("worse by {size}"),
    }
}

/// The values that an objective does not take, the most frequent ones.
fn unfit(out: &Output, found: &Found) {
    for part in found.parts().filter(|part| !part.unfit.is_empty()) {
        let values: Vec<String> =
            part.unfit.iter().map(|(value, n)| format!("{value:?} {}", number(*n))).collect();
        let (name, table) = (&found.objective.name, &part.name);
        out.line(format!("  {name}: not so in {table}: {}", values.join(", ")));
    }
}
