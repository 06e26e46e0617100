//! The records themselves: how much of them is filled, how they lie in entities, and which say
//! too little to be linked at all.

use karat_chart::{Column, Columns, Completeness, Filled, Part, Section, Table, percent};

use crate::evaluate::{Details, Evaluation, Field};

pub fn section(evaluation: &Evaluation) -> Section {
    let details = &evaluation.details;
    let text = "No model finds what is not there. A field that a source hardly ever fills says \
                nothing about its records; a single entity of very many records is often one \
                wrong value that holds strangers together.";
    let mut section = super::section("The records", text);
    section.parts.push(completeness(details).into());
    section.parts.push(sizes(details).into());
    if !details.unlinkable.is_empty() {
        section.parts.push(Part::Text(
            "A record compared with itself weighs as much as any record of the same person ever \
             can. One that does not reach a threshold even so can be linked to nothing there, \
             however good the model."
                .to_owned(),
        ));
        section.parts.push(Part::Table(unlinkable(details)));
    }
    section
}

fn completeness(details: &Details) -> Completeness {
    let filled =
        |field: &Field| Filled { column: field.name.clone(), shares: field.filled.clone() };
    Completeness {
        title: "How much is filled, by source".to_owned(),
        sources: details.sources.iter().map(|(name, _)| name.clone()).collect(),
        columns: details.fields.iter().map(filled).collect(),
    }
}

/// Sizes that have a column of their own; larger ones share columns that double in breadth.
const APART: u64 = 10;

fn sizes(details: &Details) -> Columns {
    let mut columns: Vec<Column> = Vec::new();
    let (mut from, mut to) = (1, 1);
    let largest = details.sizes.keys().next_back().copied().unwrap_or(0);
    while from <= largest {
        let label = if from == to { from.to_string() } else { format!("{from}–{to}") };
        let count = details.sizes.range(from..=to).map(|(_, entities)| entities).sum();
        columns.push(Column { label, count });
        from = to + 1;
        to = if from <= APART { from } else { to * 2 };
    }
    Columns {
        title: "Entities by size".to_owned(),
        axis: "records in the entity".to_owned(),
        counted: "entities".to_owned(),
        columns,
        is_cumulative: false,
        is_log: true,
    }
}

fn unlinkable(details: &Details) -> Table {
    let columns = ["records that do not reach it"];
    let mut table = Table::new("Records that cannot be linked", &["match probability"], &columns);
    for (probability, share) in &details.unlinkable {
        table.row([probability.to_string(), percent(*share)]);
    }
    table
}
