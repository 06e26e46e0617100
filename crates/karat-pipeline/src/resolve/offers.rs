//! What records offer for a golden column, and what is to be said of it: what is chosen, whether
//! they disagree, and how likely the chosen value is right.

use karat_resolve::confidence::{self, Vote};
use karat_resolve::survive::{Beaten, Offer, Rule, beaten, choose};
use karat_rules::fold::fold;
use karat_store::overrides::Override;
use rustc_hash::FxHashMap;

use super::overrides::Overrides;
use super::read::Records;
use crate::project::Entity;
use crate::project::entity::GoldenFrom;

/// The records of an entity with the answers of its expressions.
#[derive(Clone, Copy)]
pub struct Offers<'a> {
    pub entity: &'a Entity,
    pub records: &'a Records,
    pub answers: &'a Answers,
    pub overrides: &'a Overrides,
}

/// What the expressions of golden columns chose: by the place of the column and the first record
/// of the cluster.
pub type Answers = FxHashMap<(usize, u32), String>;

/// What became of a golden column of one entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled<'a> {
    pub offers: Vec<Offer<'a>>,
    pub chosen: Vec<Offer<'a>>,
    /// What people say instead; of several the first counts.
    pub said: &'a [Override],
    rule: Rule,
}

impl<'a> Offers<'a> {
    /// All that these records, ascending, offer for the golden column at a place.
    pub fn of(&self, at: usize, members: &[u32]) -> Vec<Offer<'a>> {
        let column = &self.entity.golden.columns[at];
        let values = match &column.from {
            GoldenFrom::Field(name) => {
                let field = self.entity.fields.iter().position(|f| f.name == *name);
                field.map(|field| &self.records.frame.columns[field])
            }
            GoldenFrom::Columns(_) => self.records.golden[at].as_ref(),
        };
        let Some(values) = values else { return Vec::new() };
        let answer = match column.rule {
            Rule::Sql => members.first().and_then(|first| self.answers.get(&(at, *first))),
            _ => None,
        };
        let rank = |record: u32, value: &str| match column.rule {
            Rule::First => column.order[self.source(record)],
            Rule::Sql => u32::from(answer.is_none_or(|answer| answer != value)),
            _ => 0,
        };
        let offer = |record: u32, value: &'a str| Offer {
            record,
            value,
            trust: self.records.trust[record as usize],
            changed: self.records.changed[record as usize],
            rank: rank(record, value),
        };
        let of_record = |record: u32| {
            let offer = &offer;
            values.of(record).iter().map(move |id| offer(record, values.text(*id)))
        };
        members.iter().copied().flat_map(of_record).collect()
    }

    /// What is chosen for the golden column at a place.
    pub fn settle(&self, at: usize, members: &[u32]) -> Settled<'a> {
        let rule = self.entity.golden.columns[at].rule;
        let offers = self.of(at, members);
        let chosen = choose(rule, &offers);
        let said = members.first().and_then(|first| self.overrides.get(&(at, *first)));
        Settled { offers, chosen, said: said.map_or(&[], Vec::as_slice), rule }
    }

    /// How likely the golden value is right, of an entity that is one with this probability: of a
    /// list its least likely value, and 1 where a person says so. None where there is no value.
    pub fn confidence(&self, settled: &Settled<'_>, entity: f64) -> Option<f64> {
        if let Some(said) = settled.said.first() {
            return (!said.values.is_empty()).then_some(1.0);
        }
        let accuracy = |offer: &Offer<'_>| self.entity.accuracy[self.source(offer.record)];
        let numbers = numbers(&settled.offers);
        let votes: Vec<Vote> = settled
            .offers
            .iter()
            .zip(&numbers)
            .map(|(offer, value)| Vote { value: *value, accuracy: accuracy(offer) })
            .collect();
        let of = |chosen: &Offer<'_>| {
            let own = votes[settled.offers.iter().position(|offer| offer == chosen)?];
            let all = match settled.rule {
                Rule::Union => {
                    let same = votes.iter().filter(|vote| vote.value == own.value);
                    confidence::of_any(same.map(|vote| vote.accuracy))
                }
                Rule::MostRecent => {
                    let told = settled.offers.iter().zip(&votes);
                    let counts = told.filter(|(offer, _)| !is_outdated(offer, chosen));
                    let votes: Vec<Vote> = counts.map(|(_, vote)| *vote).collect();
                    confidence::of_value(own.value, &votes)
                }
                _ => confidence::of_value(own.value, &votes),
            };
            Some(confidence::within(entity, all, accuracy(chosen)))
        };
        settled.chosen.iter().filter_map(of).min_by(f64::total_cmp)
    }

    fn source(&self, record: u32) -> usize {
        self.records.frame.sources[record as usize] as usize
    }
}

impl<'a> Settled<'a> {
    /// The golden values: what a person says, else what is chosen.
    pub fn values(&self) -> Vec<&'a str> {
        match self.said.first() {
            Some(said) => said.values.iter().map(String::as_str).collect(),
            None => self.chosen.iter().map(|offer| offer.value).collect(),
        }
    }

    /// The offers of other values, each with what it lost by.
    pub fn beaten(&self) -> Vec<Beaten<'a>> {
        beaten(self.rule, &self.offers, &self.chosen)
    }

    /// Whether there are several values of which one has to be chosen, people's among them. Values
    /// that differ only in case, accents or blanks are one.
    pub fn is_conflict(&self) -> bool {
        if let Some((first, others)) = self.said.split_first() {
            let folded_all = |said: &Override| -> Vec<String> {
                said.values.iter().map(|value| folded(value)).collect()
            };
            let said = folded_all(first);
            let is_other = |offer: &Offer<'_>| !said.contains(&folded(offer.value));
            return others.iter().any(|other| folded_all(other) != said)
                || self.rule != Rule::Union && self.offers.iter().any(is_other);
        }
        let Some(first) = self.offers.first() else { return false };
        let others = self.offers.iter().filter(|offer| offer.value != first.value);
        let mut others = others.map(|offer| folded(offer.value)).peekable();
        if self.rule == Rule::Union || others.peek().is_none() {
            return false;
        }
        let first = folded(first.value);
        others.any(|other| other != first)
    }

    /// The offers by what they say, in the order of the records that say it first.
    pub fn groups(&self) -> Vec<Vec<Offer<'a>>> {
        let mut groups: Vec<Vec<Offer<'a>>> = Vec::new();
        for (number, offer) in numbers(&self.offers).into_iter().zip(&self.offers) {
            match groups.get_mut(number as usize) {
                Some(group) => group.push(*offer),
                None => groups.push(vec![*offer]),
            }
        }
        groups
    }
}

/// Whether an offer says nothing against a more recent one: it was true once.
fn is_outdated(offer: &Offer<'_>, chosen: &Offer<'_>) -> bool {
    let is_before = offer.changed.is_some() && offer.changed < chosen.changed;
    is_before && folded(offer.value) != folded(chosen.value)
}

/// For each offer a number that is the same for values that say the same.
fn numbers(offers: &[Offer<'_>]) -> Vec<u32> {
    let mut known: Vec<String> = Vec::new();
    let mut number = |offer: &Offer<'_>| {
        let folded = folded(offer.value);
        let at = known.iter().position(|value| *value == folded);
        at.unwrap_or_else(|| {
            known.push(folded);
            known.len() - 1
        }) as u32
    };
    offers.iter().map(&mut number).collect()
}

/// A value without what makes no difference.
pub(crate) fn folded(value: &str) -> String {
    fold(&value.split_whitespace().collect::<Vec<_>>().join(" "))
}
