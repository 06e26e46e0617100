//! Errors by kind: in what wrong and missed pairs agree, and in what they differ.

use karat_chart::{Align, Part, Section, Table, count, percent};

use crate::evaluate::{Agreement, Errors, Evaluation};

/// Where there are labels.
pub fn section(evaluation: &Evaluation) -> Option<Section> {
    let quality = evaluation.quality.as_ref()?;
    let pairs = &quality.clusters.pairs;
    let text = "What pairs that went wrong have in common says what to mend. Wrong pairs that \
                agree in nearly everything are often people of one household; missed pairs that \
                differ in nearly everything cannot be found by anybody. Looked at are records of \
                one entity next to each other, and of those at most 1,000, evenly spread.";
    let mut section = super::section("Errors by kind", text);
    let details = &evaluation.details;
    let both = [
        ("Wrong", "merged, though of two labels", pairs.false_positives, &details.wrong),
        ("Missed", "apart, though of one label", pairs.false_negatives, &details.missed),
    ];
    for (name, meaning, all, errors) in both {
        let lead = format!(
            "{name}: {} pairs are {meaning}; {} are looked at.",
            count(all),
            count(errors.sampled)
        );
        section.parts.push(Part::Text(lead));
        if errors.sampled > 0 {
            section.parts.push(Part::Table(kinds(name, errors)));
            section.parts.push(Part::Table(fields(name, errors)));
        }
    }
    Some(section)
}

/// How many kinds are told apart.
const SHOWN: usize = 12;

fn kinds(name: &str, errors: &Errors) -> Table {
    let left = errors.aspects.iter().map(|aspect| (aspect.clone(), Align::Left));
    let right = ["pairs", "share"].map(|name| (name.to_owned(), Align::Right));
    let mut table = Table {
        title: format!("{name} pairs by what agrees"),
        columns: left.chain(right).collect(),
        rows: Vec::new(),
    };
    let counted = |n: u64| [count(n), percent(n as f64 / errors.sampled as f64)];
    for (kind, pairs) in errors.kinds.iter().take(SHOWN) {
        table.row(kind.iter().cloned().chain(counted(*pairs)));
    }
    let rest: u64 = errors.kinds.iter().skip(SHOWN).map(|(_, pairs)| pairs).sum();
    if rest > 0 {
        let blank = (1..errors.aspects.len()).map(|_| String::new());
        let name = format!("{} other kinds", count((errors.kinds.len() - SHOWN) as u64));
        table.row([name].into_iter().chain(blank).chain(counted(rest)));
    }
    table
}

fn fields(name: &str, errors: &Errors) -> Table {
    let columns = Agreement::ALL.map(Agreement::name);
    let mut table = Table::new(&format!("{name} pairs by field"), &["field"], &columns);
    for field in &errors.fields {
        table.row([field.field.clone()].into_iter().chain(field.counts.map(count)));
    }
    table
}
