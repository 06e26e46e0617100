//! The default model for people in entity files: fields with roles, and thresholds.

use karat_resolve::linkage::model::LinkType;

use crate::project::section::Section;

/// What is declared besides the fields' roles.
#[derive(Clone, Debug)]
pub struct People {
    pub link: LinkType,
    pub thresholds: Thresholds,
    /// Seed of samples, and of the order among equals.
    pub seed: u64,
}

/// Match probabilities from which records merge by themselves, and from which people are asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    pub auto: f64,
    pub review: f64,
}

pub(super) fn read(section: &Section<'_>) -> People {
    refuse_scope(section);
    People {
        link: link(section),
        thresholds: thresholds(section),
        seed: section.number("seed", 0..i64::MAX).map_or(1, i64::cast_unsigned),
    }
}

/// Refuses a scope, which only tiers have.
pub(super) fn refuse_scope(section: &Section<'_>) {
    if section.has("scope") {
        let hint = "make the column a field that is compared instead, or declare [[tiers]]";
        section.wrong("scope", "scope goes with tiers, not with weights", hint);
    }
}

fn link(section: &Section<'_>) -> LinkType {
    let types = [
        ("dedupe", LinkType::Dedupe),
        ("link", LinkType::Link),
        ("link_and_dedupe", LinkType::LinkAndDedupe),
    ];
    section.choice("link", &types).unwrap_or(LinkType::LinkAndDedupe)
}

/// Reads `auto` and `review`, which is not above it.
pub(super) fn thresholds(section: &Section<'_>) -> Thresholds {
    let auto = section.share("auto").unwrap_or(0.95);
    let review = section.share("review").unwrap_or_else(|| auto.min(0.75));
    if review > auto {
        section.wrong("review", "review is above auto", "records of auto and above merge already");
    }
    for (key, value) in [("auto", auto), ("review", review)] {
        if value <= 0.0 || value >= 1.0 {
            section.wrong(
                key,
                format!("{key} cannot be {value}"),
                "write a number between 0 and 1",
            );
        }
    }
    Thresholds { auto, review }
}
