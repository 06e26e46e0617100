//! A declared Fellegi-Sunter model: the weights and probabilities of its levels, and how they were
//! estimated.

use karat_chart::{Bar, Bars, Group, PairedBar, PairedBars, Part, Section, Table, count, decimals};
use serde_json::Value as Json;

use crate::model::{Basis, Trained};

pub fn section(trained: &Trained) -> Section {
    let text = "Each comparison of a pair reaches a level. The m probability says how often pairs \
                that match reach it, the u probability how often others do. The match weight is \
                log2(m / u) in bits: each bit above zero doubles the odds of a match, each below \
                halves them.";
    let mut section = super::section("The model", text);
    section.parts.extend(warnings(trained).map(Part::Note));
    section.parts.push(
        Bars {
            title: "Match weights of the levels".to_owned(),
            axis: "match weight (bits)".to_owned(),
            groups: grouped(trained, |level, _| Bar {
                label: label(level),
                value: (probability(level, "m") / probability(level, "u")).log2(),
            }),
        }
        .into(),
    );
    section.parts.push(
        PairedBars {
            title: "Probabilities of the levels".to_owned(),
            axis: "probability".to_owned(),
            first: "m, among matches".to_owned(),
            second: "u, among others".to_owned(),
            groups: grouped(trained, |level, _| PairedBar {
                label: label(level),
                first: probability(level, "m"),
                second: probability(level, "u"),
            }),
        }
        .into(),
    );
    section.parts.push(Part::Table(errors(trained)));
    if !trained.sessions.is_empty() {
        section.parts.push(Part::Table(sessions(trained)));
    }
    section
}

/// Why the model should not be trusted.
fn warnings(trained: &Trained) -> impl Iterator<Item = String> {
    let unsettled = trained.sessions.iter().filter(|session| !session.converged).map(|session| {
        format!("The session {} did not converge in {} rounds.", session.rule, session.rounds)
    });
    let untrained =
        trained.untrained.iter().map(|name| format!("No session trained the comparison {name}."));
    unsettled.chain(untrained)
}

fn label(level: &Json) -> String {
    level["label_for_charts"].as_str().unwrap_or_default().to_owned()
}

/// Not a number for a level of missing values, which has none.
fn probability(level: &Json, of: &str) -> f64 {
    level[format!("{of}_probability")].as_f64().unwrap_or(f64::NAN)
}

/// The levels of each comparison but those of missing values.
fn grouped<T>(trained: &Trained, row: impl Fn(&Json, &Basis) -> T) -> Vec<Group<T>> {
    let comparisons = trained.splink["comparisons"].as_array().into_iter().flatten();
    let group = |(comparison, bases): (&Json, &Vec<Basis>)| {
        let levels = comparison["comparison_levels"].as_array().into_iter().flatten().zip(bases);
        let known = levels.filter(|(level, _)| level["is_null_level"] != true);
        Group {
            name: comparison["output_column_name"].as_str().unwrap_or_default().to_owned(),
            rows: known.map(|(level, basis)| row(level, basis)).collect(),
        }
    };
    comparisons.zip(&trained.basis).map(group).collect()
}

fn errors(trained: &Trained) -> Table {
    let mut table = Table::new(
        "What the probabilities rest on",
        &["comparison", "level"],
        &["m", "± m", "sessions", "u", "± u", "random pairs"],
    );
    let rows = grouped(trained, |level, basis| {
        vec![
            label(level),
            decimals(probability(level, "m"), 4),
            decimals(basis.m_error.unwrap_or(f64::NAN), 4),
            count(basis.m_sessions),
            decimals(probability(level, "u"), 4),
            decimals(basis.u_error.unwrap_or(f64::NAN), 4),
            count(basis.u_pairs),
        ]
    });
    for group in rows {
        for row in group.rows {
            table.row([vec![group.name.clone()], row].concat());
        }
    }
    table
}

fn sessions(trained: &Trained) -> Table {
    let mut table =
        Table::new("Sessions of training", &["blocking rule", "settled"], &["pairs", "rounds"]);
    for session in &trained.sessions {
        let settled = if session.converged { "yes" } else { "no" };
        table.row(vec![
            session.rule.clone(),
            settled.to_owned(),
            count(session.pairs),
            count(session.rounds.into()),
        ]);
    }
    table
}
