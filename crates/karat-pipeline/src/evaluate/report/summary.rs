//! What the report says first: how many records and entities there are, and how good they are.

use karat_chart::{Part, Section, Table, count, decimals, percent};
use karat_resolve::linkage::evaluate::Agreement;

use super::share;
use crate::evaluate::{Evaluation, Quality};
use crate::model::Model;

/// The figures at the head of the page.
pub fn facts(evaluation: &Evaluation) -> Vec<(String, String)> {
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let mut facts = vec![
        fact("records", count(evaluation.records)),
        fact("sources", count(evaluation.details.sources.len() as u64)),
        fact("entities", count(entities(evaluation))),
        fact("pairs to review", count(evaluation.reviews)),
    ];
    if let Some(quality) = &evaluation.quality {
        let pairs = &quality.clusters.pairs;
        facts.push(fact("precision", percent(pairs.precision())));
        facts.push(fact("recall", share(pairs.recall())));
        facts.push(fact("F1", pairs.f1().map_or("–".to_owned(), |f1| decimals(f1, 4))));
    }
    facts
}

pub fn section(evaluation: &Evaluation) -> Section {
    let text = match evaluation.quality {
        Some(_) => {
            "Precision is the share of what was merged that belongs together; recall is the share \
             of what belongs together that was merged. By pairs, an entity of many records counts \
             for many; B-cubed is the mean over records, in which each record counts once."
        }
        None => {
            "Nobody said which records belong together, so this report cannot say how many \
             decisions are right; with --labels it does."
        }
    };
    let mut section = super::section("Summary", text);
    section.parts.extend(evaluation.quality.as_ref().map(|it| Part::Table(clusters(&it.clusters))));
    section.parts.push(Part::Table(made_of(evaluation)));
    section.parts.extend(evaluation.quality.as_ref().map(labels).map(Part::Text));
    section
}

fn entities(evaluation: &Evaluation) -> u64 {
    evaluation.details.sizes.values().sum()
}

fn clusters(clusters: &Agreement) -> Table {
    let mut table = Table::new("Entities against labels", &[""], &["precision", "recall", "F1"]);
    let (pairs, b_cubed) = (&clusters.pairs, &clusters.b_cubed);
    let figures = [Some(pairs.precision()), pairs.recall(), pairs.f1()];
    table.row(["pairs".to_owned()].into_iter().chain(figures.map(four)));
    let figures = [b_cubed.precision, b_cubed.recall, b_cubed.f1()].map(Some);
    table.row(["B-cubed".to_owned()].into_iter().chain(figures.map(four)));
    table
}

fn four(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), |share| decimals(share, 4))
}

/// What there is and how it was made, one thing a row.
fn made_of(evaluation: &Evaluation) -> Table {
    let details = &evaluation.details;
    let mut table = Table::new("What this is about", &["", "value"], &[]);
    let mut row = |name: &str, value: String| table.row([name.to_owned(), value]);
    let source = |(name, records): &(String, u64)| format!("{name} {}", count(*records));
    let sources: Vec<String> = details.sources.iter().map(source).collect();
    row("records by source", sources.join(", "));
    let several: u64 = details.sizes.range(2..).map(|(_, entities)| entities).sum();
    row(
        "entities",
        format!("{}, {} of them of several records", count(entities(evaluation)), count(several)),
    );
    row("pairs to review", reviews(evaluation));
    if let Some(weighed) = &evaluation.weighed {
        row("merged from a probability of", percent(weighed.auto));
        row("reviewed from a probability of", percent(weighed.review));
    }
    if let Some(model) = &details.model {
        row("model", learned(model, details.is_model_kept));
    }
    if details.contradictions > 0 {
        row("decisions that contradict others", count(details.contradictions));
    }
    if let Some(quality) = &evaluation.quality {
        let found = share(quality.found_or_reviewed);
        row("matches merged or to review", found);
        if let Some(groups) = &quality.groups {
            let (merged, pairs) = (count(groups.merged), count(groups.pairs));
            let wrong = percent(groups.share());
            row(
                "different people of one group who were merged",
                format!("{merged} of {pairs} pairs ({wrong})"),
            );
        }
    }
    table
}

fn reviews(evaluation: &Evaluation) -> String {
    let reviews = count(evaluation.reviews);
    match &evaluation.quality {
        Some(quality) => format!("{reviews}, {} of them matches", count(quality.reviewed_matches)),
        None => reviews,
    }
}

fn learned(model: &Model, is_kept: bool) -> String {
    let records = count(model.records);
    // To the minute, of 2026-11-21T12:31:29.306462877Z.
    let at: String = model.trained_at.chars().take(16).collect();
    match is_kept {
        true => format!("learned from {records} records on {} UTC", at.replace('T', " at ")),
        false => format!("none is in force; learned from {records} records for this report"),
    }
}

fn labels(quality: &Quality) -> String {
    let entities = &quality.clusters.entities;
    let pairs = &quality.clusters.pairs;
    let mut text = format!(
        "{} records have a label. Of the entities that the labels tell apart, {} are here exactly \
         so, {} are split, {} are merged with others, {} are both. {} pairs are merged rightly, {} \
         wrongly, {} are missed.",
        count(quality.labelled),
        count(entities.exact),
        count(entities.split),
        count(entities.merged),
        count(entities.both),
        count(pairs.true_positives),
        count(pairs.false_positives),
        count(pairs.false_negatives),
    );
    if quality.unknown > 0 {
        text += &format!(" {} labels are of records that are not here.", count(quality.unknown));
    }
    text
}
