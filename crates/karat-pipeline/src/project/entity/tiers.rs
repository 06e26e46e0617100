//! Declared tiers in entity files.

use std::fmt;

use super::{Field, known_field};
use crate::project::section::Section;

/// Declared tiers.
#[derive(Clone, Debug)]
pub struct Tiers {
    pub tiers: Vec<Tier>,
    /// Evidence of at least this score merges by itself.
    pub auto: u16,
}

/// One kind of evidence, with fields by name.
#[derive(Clone, Debug)]
pub struct Tier {
    pub name: String,
    pub score: u16,
    pub when: Vec<Condition>,
    pub confirm: Vec<Condition>,
    pub denied_by: Vec<String>,
}

/// An agreement in a field.
#[derive(Clone, Debug)]
pub enum Condition {
    Same(String),
    Similar(String, f64),
    NamesAgree(String),
}

impl Condition {
    /// The field that it speaks of.
    pub fn field(&self) -> &str {
        match self {
            Condition::Same(field)
            | Condition::Similar(field, _)
            | Condition::NamesAgree(field) => field,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Same(field) => write!(f, "same {field}"),
            Condition::Similar(field, least) => write!(f, "similar {field} (at least {least})"),
            Condition::NamesAgree(field) => write!(f, "names of {field} agree"),
        }
    }
}

/// Reads the tiers and the score from which they merge.
pub(super) fn read(section: &Section<'_>, fields: &[Field]) -> Tiers {
    let auto = section.number("auto", 0..101).unwrap_or(71) as u16;
    Tiers { tiers: tiers(section, fields), auto }
}

fn tiers(section: &Section<'_>, fields: &[Field]) -> Vec<Tier> {
    if !section.has("tiers") {
        section.missing("tiers", "say what is evidence: [[tiers]] with name, score and when");
    }
    let tables = section.tables("tiers");
    if tables.len() > 32 {
        section.wrong(
            "tiers",
            "an entity has at most 32 tiers",
            "leave out the weakest, or make another entity",
        );
    }
    let read = |tier: &Section<'_>| {
        let found = Tier {
            name: tier.required_text("name", "a few words, such as \"same e-mail\"")?,
            score: score(tier)?,
            when: conditions(tier, "when", fields),
            confirm: conditions(tier, "confirm", fields),
            denied_by: tier.texts("denied_by").unwrap_or_default(),
        };
        let names: Vec<String> = fields.iter().map(|f| f.name.clone()).collect();
        found.denied_by.iter().for_each(|f| known_field(tier, "denied_by", Some(f), &names));
        if found.when.is_empty() && !tier.has("when") {
            tier.missing("when", "for example: when = [{ same = \"email\" }]");
        }
        tier.done();
        Some(found)
    };
    tables.iter().filter_map(read).collect()
}

fn score(tier: &Section<'_>) -> Option<u16> {
    if !tier.has("score") {
        tier.missing("score", "how strong the evidence is, from 1 to 100");
    }
    tier.number("score", 1..101).map(|n| n as u16)
}

fn conditions(tier: &Section<'_>, key: &str, fields: &[Field]) -> Vec<Condition> {
    let names: Vec<String> = fields.iter().map(|f| f.name.clone()).collect();
    let read = |condition: Section<'_>| {
        let same = condition.text("same").map(Condition::Same);
        let least = condition.share("at_least");
        let similar = condition.text("similar");
        let similar = similar.map(|field| Condition::Similar(field, least.unwrap_or(0.9)));
        let agree = condition.text("names_agree").map(Condition::NamesAgree);
        let found: Vec<Condition> = [same, similar, agree].into_iter().flatten().collect();
        condition.done();
        let [one] = found.as_slice() else {
            let hint = "give exactly one of: same, similar, names_agree, with a field's name";
            condition.missing("same", hint);
            return None;
        };
        known_field(tier, key, Some(&one.field().to_owned()), &names);
        Some(one.clone())
    };
    tier.tables(key).into_iter().filter_map(read).collect()
}
