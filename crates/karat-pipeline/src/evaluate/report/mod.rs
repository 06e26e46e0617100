//! The report of an evaluation: one HTML page of charts and tables, to be looked at and kept.

mod data;
mod errors;
mod examples;
mod kept;
mod model;
mod quality;
mod scores;
mod summary;
mod trained;

use karat_chart::{Mark, Page, Section, percent};
use karat_resolve::linkage::model::weight_of;

use super::Evaluation;
use crate::project::entity::Thresholds;
pub use kept::{compared, evidence};
pub use model::of as of_model;

/// The report as one self-contained HTML document. With `has_values` the examples show the values
/// of their records; else neither values nor keys stand in it.
pub fn page(evaluation: &Evaluation, has_values: bool) -> String {
    let sections = [
        Some(summary::section(evaluation)),
        model::section(evaluation),
        Some(scores::section(evaluation)),
        quality::section(evaluation),
        errors::section(evaluation),
        examples::section(evaluation, has_values),
        Some(data::section(evaluation)),
    ];
    let values = match has_values {
        true => {
            "The examples show values of real records: keep this file as you keep the records, or \
             make it anew with --without-values."
        }
        false => "No value and no key of a record stands in this file.",
    };
    let page = Page {
        title: format!("How well are {} recognised?", evaluation.entity),
        subtitle: values.to_owned(),
        facts: summary::facts(evaluation),
        sections: sections.into_iter().flatten().collect(),
    };
    page.html()
}

fn section(title: &str, text: &str) -> Section {
    Section { title: title.to_owned(), text: text.to_owned(), parts: Vec::new() }
}

/// A share as percent, or a dash.
fn share(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), percent)
}

/// The thresholds on an axis of match weights.
fn marks(thresholds: Thresholds) -> Vec<Mark> {
    let mark =
        |name: &str, probability: f64| Mark { label: name.to_owned(), at: weight_of(probability) };
    vec![mark("review", thresholds.review), mark("merge", thresholds.auto)]
}
