//! `karat resolve ENTITY --history ID`: what happened to a golden record, or who was in it then.

use jiff::Timestamp;
use karat_pipeline::context::Context;
use karat_pipeline::project::Entity;
use karat_pipeline::resolve::history::{self, History, Then};
use karat_store::resolution::{Decided, Event, Standing};
use serde_json::json;

use super::super::{Done, Shell};
use crate::Ending;
use crate::output::{Output, table};

pub async fn run(
    shell: &Shell,
    context: &Context<'_>,
    entity: &Entity,
    (id, as_of): (&str, Option<Timestamp>),
) -> Done {
    if let Some(at) = as_of {
        let then = history::as_of(context, entity, (id, at)).await?;
        show_then(&shell.output, &then);
        shell.output.document(&json!(then));
        return Ok(Ending::Done);
    }
    let found = history::history(context, entity, id).await?;
    show(&shell.output, &found);
    shell.output.document(&json!(found));
    Ok(Ending::Done)
}

fn show(out: &Output, found: &History) {
    for life in found.events.chunk_by(|a, b| a.id == b.id) {
        out.line("");
        out.line(format!("  {}", out.strong(&life[0].id)));
        let moments = life.chunk_by(|a, b| (&a.at, a.run) == (&b.at, b.run));
        let rows: Vec<Vec<String>> = moments.flat_map(rows).collect();
        table(&rows, &[]).iter().for_each(|line| out.line(format!("    {line}")));
    }
    out.line("");
    out.line(format!("  {}", now(&found.standing)));
    found.records.iter().for_each(|record| out.line(format!("    {record}")));
}

/// A row for each event of one moment, the moment in the first alone.
fn rows(events: &[Event]) -> Vec<Vec<String>> {
    let row = |(at, event): (usize, &Event)| {
        let when = if at == 0 { when(event) } else { Default::default() };
        let words = [event.event.clone(), what(event), why(event)];
        when.into_iter().chain(words).collect()
    };
    events.iter().enumerate().map(row).collect()
}

/// When, to the second, and by which run.
fn when(event: &Event) -> [String; 2] {
    let at = event.at.as_deref().map_or("before", |at| at.get(..19).unwrap_or(at));
    [at.replace('T', " "), event.run.map(|run| format!("run {run}")).unwrap_or_default()]
}

fn what(event: &Event) -> String {
    let record = match (&event.source, &event.key) {
        (Some(source), Some(key)) => format!("{source}:{key}"),
        _ => String::new(),
    };
    let other = |word: &str| event.other.as_ref().map(|other| format!("{word} {other}"));
    let other = match event.event.as_str() {
        "joined" => other("from"),
        "left" => other("to").or_else(|| Some("gone from its source".to_owned())),
        "merged" => other("into"),
        "split" => other("off"),
        "retired" => Some("no record is left".to_owned()),
        _ => None,
    };
    [Some(record).filter(|record| !record.is_empty()), other]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("  ")
}

fn why(event: &Event) -> String {
    if let Some(decision) = &event.decision {
        return decided(decision);
    }
    match (&event.tier, event.score) {
        (Some(tier), Some(score)) => format!("{tier} {score}"),
        _ => String::new(),
    }
}

fn decided(decision: &Decided) -> String {
    let verdict = match decision.verdict.as_str() {
        "same" => "they are the same",
        _ => "they are not the same",
    };
    let taken_back = if decision.undone { ", taken back" } else { "" };
    let reason = decision.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("decision {} by {}, {verdict}{taken_back}{reason}", decision.id, decision.by)
}

/// Where the id stands today, in a sentence.
fn now(standing: &Standing) -> String {
    match &standing.current_id {
        None => "today: retired, and nothing continues it".to_owned(),
        Some(id) if standing.retired => format!("today: {id}, with these records"),
        Some(_) => "today: these records".to_owned(),
    }
}

fn show_then(out: &Output, then: &Then) {
    out.line("");
    let at = then.as_of.trim_end_matches('Z').replace('T', " ");
    if then.records.is_empty() {
        out.line(format!("  {} had no records on {at} UTC", then.standing.id));
    } else {
        out.line(format!("  {} on {at} UTC", out.strong(&then.standing.id)));
    }
    then.records.iter().for_each(|record| out.line(format!("    {record}")));
    if let (true, Some(current)) = (then.standing.retired, &then.standing.current_id) {
        out.line(format!("  today it leads to {current}"));
    }
}
