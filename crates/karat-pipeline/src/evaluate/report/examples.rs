//! Single pairs, each with what speaks for and against it.

use karat_chart::{Mark, Part, Section, Step, Table, Waterfall, signed};
use karat_resolve::explanation::{self, Explanation};

use super::marks;
use crate::evaluate::{Agreement, Evaluation, Example};

/// Where there are pairs to look at.
pub fn section(evaluation: &Evaluation, has_values: bool) -> Option<Section> {
    let details = &evaluation.details;
    let kinds = [
        ("Wrong", "merged, but of two labels", &details.wrong.examples),
        ("Missed", "of one label, but apart", &details.missed.examples),
        ("Nearest", "nearest to the threshold for merging", &details.nearest),
    ];
    if kinds.iter().all(|(_, _, examples)| examples.is_empty()) {
        return None;
    }
    let text = "From the prior, each field moves the weight to the right, for one person, or to \
                the left, against it; where the bars end says how likely the pair is one. This is \
                the weight of the pair alone: entities are decided by all their records, so that a \
                pair may be merged left of \"merge\" and apart right of it.";
    let mut section = super::section("Examples", text);
    let marks = evaluation.weighed.as_ref().map_or_else(Vec::new, |it| marks(it.thresholds()));
    for (name, meaning, examples) in kinds.iter().filter(|(_, _, them)| !them.is_empty()) {
        section.parts.push(Part::Text(format!("{name} pairs: {meaning}.")));
        let Some(true) = examples.first().map(|example| example.explanation.is_some()) else {
            section.parts.push(Part::Table(table(name, examples, has_values)));
            continue;
        };
        for (at, example) in examples.iter().enumerate() {
            let drawn = example.explanation.iter().map(|explanation| {
                let title = format!("{name} {}: {}", at + 1, names(example, has_values).join(", "));
                waterfall(title, example, explanation, (&marks, has_values)).into()
            });
            section.parts.extend(drawn);
        }
    }
    Some(section)
}

/// The records as SOURCE:KEY, or their sources alone.
fn names(example: &Example, has_values: bool) -> [String; 2] {
    example.records.clone().map(|(source, key)| match has_values {
        true => format!("{source}:{key}"),
        false => source,
    })
}

/// Pairs of tiers: what agrees and what differs.
fn table(name: &str, examples: &[Example], has_values: bool) -> Table {
    let mut table = Table::new(
        &format!("{name} pairs"),
        &["record", "other record", "the same", "other", "missing"],
        &[],
    );
    for example in examples {
        let fields = |wanted: Agreement| {
            let fields = example.fields.iter().filter(|(_, agreement)| *agreement == wanted);
            fields.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
        };
        let said = [Agreement::Same, Agreement::Other, Agreement::Missing].map(fields);
        table.row(names(example, has_values).into_iter().chain(said));
    }
    table
}

fn waterfall(
    title: String,
    example: &Example,
    explanation: &Explanation,
    (marks, has_values): (&[Mark], bool),
) -> Waterfall {
    let [left, right] = names(example, has_values);
    Waterfall {
        title,
        left,
        right,
        prior: explanation.prior,
        steps: explanation.parts.iter().map(|part| step(part, has_values)).collect(),
        marks: marks.to_vec(),
    }
}

fn step(part: &explanation::Part, has_values: bool) -> Step {
    let weight = part.weight + part.adjustment;
    let (label, level) = (part.comparison.clone(), part.level.clone());
    if part.values.is_empty() {
        // What is said of all fields together has the room of the values.
        return Step { label, left: level.clone(), right: level, level: String::new(), weight };
    }
    let (left, right) = values(part);
    let (left, right) = if has_values { (left, right) } else { hidden(&left, &right) };
    let level = match part.adjustment {
        0.0 => level,
        bits => format!("{level} ({} adjusted)", signed(bits, 1)),
    };
    Step { label, left, right, level, weight }
}

/// The values of each record, empty where all are missing.
fn values(part: &explanation::Part) -> (String, String) {
    let of = |side: fn(&explanation::Values) -> &Option<String>| {
        let values: Vec<&str> = part.values.iter().filter_map(|it| side(it).as_deref()).collect();
        values.join(" · ")
    };
    (of(|values| &values.left), of(|values| &values.right))
}

/// Whether values are there and equal, and nothing else of them.
fn hidden(left: &str, right: &str) -> (String, String) {
    let (one, another) = if left == right { ("equal", "equal") } else { ("one", "another") };
    let said = |value: &str, said: &str| if value.is_empty() { "" } else { said }.to_owned();
    (said(left, one), said(right, another))
}
