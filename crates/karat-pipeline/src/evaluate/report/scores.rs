//! The match weights of candidate pairs, and the blocking that made them candidates.

use karat_chart::{Bin, Column, Columns, Histogram, Part, Section, Table, count, percent};

use super::{marks, share};
use crate::evaluate::{Details, Evaluation, Scored, Weighed};

pub fn section(evaluation: &Evaluation) -> Section {
    let details = &evaluation.details;
    let Some(weighed) = &evaluation.weighed else { return tiers(details) };
    let text = "Only pairs that a blocking rule finds are compared. Of those, most weigh far less \
                than the thresholds, matches more; where both lie close together, decisions are \
                uncertain. Heights are logarithms: a column twice as high may be a hundred times \
                as many pairs.\n\nA pair right of \"merge\" is evidence for one entity, but \
                entities are decided by all their records together.";
    let mut section = super::section("Scores and blocking", text);
    section.parts.push(histogram(weighed).into());
    if let Some(scored) = &weighed.scored {
        section.parts.push(Part::Text(recall(scored, weighed)));
    }
    let all: u64 = details.blocking.iter().map(|rule| rule.pairs).sum();
    section.parts.push(Part::Text(format!(
        "{} different pairs are compared. A pair that several rules find counts for each of them, \
         so that the running total below, {}, is more.",
        count(weighed.pairs()),
        count(all)
    )));
    section.parts.push(rules(details).into());
    section.parts.push(Part::Table(blocks(details)));
    let dropped: u64 = details.blocking.iter().map(|rule| rule.dropped).sum();
    if dropped > 0 {
        section.parts.push(Part::Note(format!(
            "{} blocks are too large to compare even after splitting, and were dropped. Their \
             pairs are compared only where another rule finds them.",
            count(dropped)
        )));
    }
    section
}

/// What declared tiers did.
fn tiers(details: &Details) -> Section {
    let text = "Pairs are judged by declared tiers of evidence, the strongest first. This is how \
                many pairs each tier merged, and how many it left to people.";
    let mut section = super::section("Tiers and blocking", text);
    let mut table = Table::new("Pairs by tier", &["tier"], &["merged", "to review"]);
    for tier in &details.tiers {
        table.row([tier.name.clone(), count(tier.merged), count(tier.review)]);
    }
    section.parts.push(Part::Table(table));
    section.parts.push(Part::Text(format!(
        "{} pairs were compared; {} blocks were too large to compare.",
        count(details.candidates),
        count(details.oversize)
    )));
    section
}

/// As many bins as can still be told apart on a telephone.
const MOST_BINS: i32 = 70;

fn histogram(weighed: &Weighed) -> Histogram {
    let ends = weighed.weights.first().zip(weighed.weights.last());
    let range = ends.map_or(1, |(first, last)| last.from - first.from + 1);
    let step = (range + MOST_BINS - 1) / MOST_BINS;
    let mut bins: Vec<Bin> = Vec::new();
    for weights in &weighed.weights {
        let from = f64::from(weights.from.div_euclid(step) * step);
        if bins.last().is_none_or(|bin| bin.from != from) {
            bins.push(Bin { from, to: from + f64::from(step), first: 0, second: 0 });
        }
        let bin = bins.last_mut().expect("a bin was made");
        match weighed.scored {
            Some(_) => {
                (bin.first, bin.second) = (bin.first + weights.matches, bin.second + weights.others)
            }
            None => bin.first += weights.others,
        }
    }
    let has_labels = weighed.scored.is_some();
    Histogram {
        title: "Candidate pairs by match weight".to_owned(),
        axis: "match weight (bits)".to_owned(),
        first: if has_labels { "matches" } else { "pairs" }.to_owned(),
        second: has_labels.then(|| "other pairs".to_owned()),
        bins,
        marks: marks(weighed.thresholds()),
        is_log: true,
    }
}

fn recall(scored: &Scored, weighed: &Weighed) -> String {
    let recall = &scored.recall;
    format!(
        "Of {} matches, blocking finds {}. Of those that it finds, {} weigh at least as much as a \
         probability of {}. So {} of all matches are found and weigh enough by themselves; what \
         blocking misses no threshold brings back.",
        count(recall.matches),
        share(recall.of_blocking()),
        share(recall.of_scoring()),
        percent(weighed.auto),
        share(recall.overall()),
    )
}

fn rules(details: &Details) -> Columns {
    let column = |rule: &karat_resolve::people::RuleReport| Column {
        label: rule.rule.clone(),
        count: rule.pairs,
    };
    Columns {
        title: "Pairs by blocking rule".to_owned(),
        axis: "blocking rule".to_owned(),
        counted: "pairs".to_owned(),
        columns: details.blocking.iter().filter(|rule| rule.pairs > 0).map(column).collect(),
        is_cumulative: true,
        is_log: false,
    }
}

fn blocks(details: &Details) -> Table {
    let columns = ["blocks", "pairs", "split", "dropped", "pairs dropped"];
    let mut table = Table::new("Blocks by rule", &["rule"], &columns);
    for rule in &details.blocking {
        let counts = [rule.blocks, rule.pairs, rule.split, rule.dropped, rule.dropped_pairs];
        table.row([rule.rule.clone()].into_iter().chain(counts.map(count)));
    }
    table
}
