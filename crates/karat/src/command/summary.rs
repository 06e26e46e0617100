//! What a run did, for a person to read with pleasure, or as JSON.

use karat_pipeline::load;
use karat_pipeline::report;
use karat_pipeline::resolve;
use karat_pipeline::run::{Step, Summary};
use karat_record::Problems;
use serde_json::json;

use super::{Done, Shell, check, objectives, outputs};
use crate::Ending;
use crate::output::{Output, duration, number, table, with_commas};

/// Shows the summary of a run; a failure becomes the command's.
pub fn show(shell: &Shell, summary: &Summary) -> Done {
    show_with(shell, summary, serde_json::Value::Null)
}

/// The same, with which datasets the files were recognised as.
pub fn show_with(shell: &Shell, summary: &Summary, detected: serde_json::Value) -> Done {
    let out = &shell.output;
    let steps = steps(summary);
    if !steps.is_empty() {
        out.line("");
    }
    steps.iter().for_each(|line| out.line(format!("  {line}")));
    summary.loads.iter().for_each(|load| load_notes(out, load));
    summary.checked.iter().for_each(|checked| check::violated(out, checked));
    summary.resolved.iter().filter(|r| !r.unchanged).for_each(|r| resolution(out, r));
    summary.measured.iter().for_each(|measured| objectives::violated(out, measured));
    summary.made.iter().for_each(|made| outputs::notes(out, made));
    let report = summary.report.strip_prefix(".").unwrap_or(&summary.report);
    out.line("");
    out.line(format!("  report   {}", report.display()));
    if let Some(problem) = &summary.failure {
        return Err(Problems(vec![problem.clone()]));
    }
    out.line(format!("  {}", out.strong(&last_line(summary))));
    let mut document = json!({
        "status": "success",
        "run": summary.number,
        "changed": summary.changed(),
        "seconds": summary.took.as_secs_f64(),
        "deployment": report::deployment(summary),
        "data": report::results(summary),
        "report": summary.report,
    });
    if !detected.is_null() {
        document["detected"] = detected;
    }
    out.document(&document);
    Ok(Ending::Done)
}

fn last_line(summary: &Summary) -> String {
    let took = duration(summary.took);
    if summary.changed() {
        format!("done in {took}")
    } else if is_empty(summary) {
        "nothing is declared yet; begin with a file in datasets/ or schema/".to_owned()
    } else {
        format!("nothing to do: everything is up to date ({took})")
    }
}

/// Whether the whole project has nothing to deploy, load, check or resolve.
fn is_empty(summary: &Summary) -> bool {
    summary.steps == Step::ALL
        && summary.verified.as_ref().is_some_and(|verified| verified.objects == 0)
        && summary.loads.is_empty()
        && summary.checked.is_empty()
        && summary.resolved.is_empty()
}

/// One line per step and dataset: what, outcome, time.
fn steps(summary: &Summary) -> Vec<String> {
    let mut rows = Vec::new();
    let mut row = |verb: &str, noun: &str, outcome: String, took: String| {
        rows.push(vec![verb.to_owned(), noun.to_owned(), with_commas(&outcome), took]);
    };
    if let Some(deployed) = &summary.deployed {
        row("deploy", "", deployed.line(), duration(deployed.took));
    }
    if let Some(verified) = &summary.verified
        && verified.is_sound()
    {
        let outcome = format!("{} objects are as declared", verified.objects);
        row("verify", "", outcome, String::new());
    }
    for load in &summary.loads {
        row("load", &load.dataset, load.line(), duration(load.took));
    }
    for checked in &summary.checked {
        row("check", &checked.suite, checked.line(), duration(checked.took));
    }
    for resolved in &summary.resolved {
        row("resolve", &resolved.entity, resolved.line(), duration(resolved.took));
    }
    for measured in &summary.measured {
        row("measure", &measured.file, measured.line(), duration(measured.took));
    }
    for made in &summary.made {
        row("make", &made.output, made.line(), duration(made.took));
    }
    table(&rows, &[false, false, false, true])
}

/// What a load did not take, and where to look.
fn load_notes(out: &Output, load: &load::Summary) {
    for note in &load.notes {
        out.line(format!("  note: {}: {note}", load.dataset));
    }
    let rejected = load.books.map_or(0, |books| books.rejected);
    if rejected > 0 {
        out.line(format!(
            "  note: {} of {} rows of {} did not fit; karat rejects list --dataset {} shows them",
            number(rejected),
            number(load.books.map_or(0, |books| books.read)),
            load.origin,
            load.dataset,
        ));
    }
    let dropped: u64 = load.dropped.iter().map(|(_, _, n)| n).sum();
    if dropped > 0 {
        let mut by_reason: Vec<String> =
            load.dropped.iter().map(|(c, why, n)| format!("{c} {why} {}", number(*n))).collect();
        by_reason.truncate(6);
        out.line(format!(
            "  note: cleaning {} left out {} values: {}",
            load.dataset,
            number(dropped),
            by_reason.join(", ")
        ));
    }
}

/// What each tier decided, and what became of it.
fn resolution(out: &Output, resolved: &resolve::Summary) {
    out.line("");
    let head = ["tier", "score", "merged pairs", "to review"].map(str::to_owned).to_vec();
    let mut rows = vec![head];
    for tier in &resolved.tiers {
        let count = |n: u64| if n == 0 { "·".to_owned() } else { number(n) };
        rows.push(vec![
            tier.name.clone(),
            tier.score.map_or(String::new(), |score| score.to_string()),
            count(tier.merged),
            count(tier.review),
        ]);
    }
    for (i, line) in table(&rows, &[false, true, true, true]).iter().enumerate() {
        out.line(format!("  {}", if i == 0 { out.faint(line) } else { line.clone() }));
    }
    out.line("");
    out.line(format!(
        "  golden   {}: {} new, {} changed, {} removed; {} now",
        resolved.golden,
        number(resolved.published.inserted),
        number(resolved.published.updated),
        number(resolved.published.removed),
        number(resolved.entities),
    ));
    if resolved.reviews > 0 {
        let reasons: Vec<String> =
            resolved.reasons.iter().map(|(why, n)| format!("{} {why}", number(*n))).collect();
        out.line(format!(
            "  review   {} pairs wait for a decision ({}); karat review list shows them",
            number(resolved.reviews),
            reasons.join(", ")
        ));
    }
    if !resolved.conflicts.is_empty() {
        let columns = resolved.conflicts.iter().map(|(name, n)| format!("{} {name}", number(*n)));
        out.line(format!(
            "  values   differ within golden records: {}; karat resolve {} --conflicts shows them",
            columns.collect::<Vec<_>>().join(", "),
            resolved.entity
        ));
    }
    if let Some(memory) = resolved.memory_line() {
        out.line(format!("  memory   {memory}"));
    }
    if resolved.contradictions > 0 {
        out.line(format!(
            "  note: {} decisions contradict others and were not obeyed",
            number(resolved.contradictions)
        ));
    }
    if resolved.oversize > 0 {
        out.line(format!(
            "  note: {} values are shared by too many records and were not compared pair by pair",
            number(resolved.oversize)
        ));
    }
}
