//! `karat explain ENTITY --id UUID`: where golden values come from, and what they beat.

use karat_pipeline::context::Context;
use karat_pipeline::project::Entity;
use karat_pipeline::resolve::origin::{self, Chosen, Field, Golden, Lost, MadeFrom, Origin};
use karat_store::overrides::Override;
use karat_store::resolution::Place;
use serde_json::json;

use super::super::resolve::stale;
use super::super::{Done, Shell};
use crate::Ending;
use crate::output::{Output, number, table};

pub async fn run(
    shell: &Shell,
    context: &Context<'_>,
    entity: &Entity,
    asked: (&str, Option<&str>),
) -> Done {
    let found = origin::explain(context, entity, asked).await?;
    show(&shell.output, &found);
    shell.output.document(&json!(found));
    Ok(Ending::Done)
}

fn show(out: &Output, found: &Golden) {
    out.line("");
    let held = match found.records {
        1 => "1 record".to_owned(),
        n => format!("{} records, confidence {:.2}", number(n), found.confidence),
    };
    out.line(format!("  {}  {held}", out.strong(&found.id)));
    if let Some(asked) = &found.asked {
        out.line(format!("  {asked} is retired; this is what continues it"));
    }
    found.fields.iter().for_each(|field| one(out, field));
    if !found.is_current {
        out.line("");
    }
    stale(out, found.is_current);
}

fn one(out: &Output, field: &Field) {
    out.line("");
    let confidence = field.confidence.map(|share| format!(", confidence {share:.2}"));
    let rule = match &field.said {
        Some(said) => format!("(override: {})", decision(said)),
        None => format!("({}{})", field.rule, confidence.unwrap_or_default()),
    };
    out.line(format!("  {}  {}", out.strong(&field.field), out.faint(&rule)));
    if field.values.is_empty() {
        out.line(match field.rule {
            "override" => "    no value: a person says that there is none",
            "sql" => "    no value: the expression chooses none",
            _ => "    no value: no record offers one",
        });
    }
    let value = |value: &Chosen| {
        let same = match value.same.len() {
            0 => String::new(),
            1 => format!("also {}", value.same[0]),
            n => format!("also {} and {} more", value.same[0], n - 1),
        };
        row("   ", &value.value, value.from.as_ref(), same)
    };
    let overruled = |said: &Override| {
        let why = format!("{}; a later one says otherwise", decision(said));
        row("not", &said.values.join("; "), None, why)
    };
    let lost = |lost: &Lost| row("not", &lost.value, Some(&lost.from), lost.why.clone());
    let rows: Vec<Vec<String>> = field
        .values
        .iter()
        .map(value)
        .chain(field.overruled.iter().map(overruled))
        .chain(field.beaten.iter().map(lost))
        .collect();
    table(&rows, &[]).iter().for_each(|line| out.line(format!("    {line}")));
}

/// What a person decided: its number, who, when and why.
pub fn decision(said: &Override) -> String {
    let reason = said.reason.as_deref().map_or(String::new(), |reason| format!(": {reason}"));
    format!("decision {} by {}, {}{reason}", said.number, said.author, said.at)
}

fn row(mark: &str, value: &str, from: Option<&Origin>, why: String) -> Vec<String> {
    let (record, place) =
        from.map_or_else(Default::default, |from| (from.record.clone(), place(from)));
    vec![mark.to_owned(), value.to_owned(), record, place, why]
}

/// Load, file and row of a record; of one that was made from another, those of that one.
fn place(from: &Origin) -> String {
    let read = |place: &Place| match &place.first {
        None => format!("load {}  {}:{}", place.load, place.origin, place.row),
        Some(first) => format!(
            "load {}  {}:{}, mended from {}:{}",
            place.load, place.origin, place.row, first.origin, first.row
        ),
    };
    match (&from.trail.made_from, &from.trail.place) {
        (Some(MadeFrom { record, place: Some(place) }), _) => {
            format!("{}, in {record}", read(place))
        }
        (_, Some(place)) => read(place),
        (_, None) => "of no load on record".to_owned(),
    }
}
