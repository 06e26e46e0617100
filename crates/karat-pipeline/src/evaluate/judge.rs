//! Single pairs: which of their fields agree, and why they are, or are not, taken for one.

use std::collections::BTreeMap;

use karat_resolve::explanation::{Explanation, Part};
use karat_resolve::people::Role;

use crate::project::Entity;
use crate::resolve::Records;
use crate::resolve::engine::Weighing;

/// Looks at pairs of an entity's records.
#[derive(Clone, Copy)]
pub struct Judge<'a> {
    pub entity: &'a Entity,
    pub records: &'a Records,
    /// None where declared tiers decide.
    pub engine: Option<&'a dyn Weighing>,
}

/// How two values of a field relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    Same,
    Alike,
    Other,
    Missing,
}

impl Agreement {
    /// All, the closest first.
    pub const ALL: [Agreement; 4] =
        [Agreement::Same, Agreement::Alike, Agreement::Other, Agreement::Missing];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Agreement::Same => "same",
            Agreement::Alike => "alike",
            Agreement::Other => "other",
            Agreement::Missing => "missing",
        }
    }
}

/// Pairs that went wrong in one way.
#[derive(Default)]
pub struct Errors {
    /// Pairs of the sample.
    pub sampled: u64,
    pub fields: Vec<FieldCounts>,
    /// What the texts of `kinds` are about: fields, or some that say the same thing.
    pub aspects: Vec<String>,
    /// How pairs relate in each aspect, and how many pairs do so, the commonest first.
    pub kinds: Vec<(Vec<String>, u64)>,
    pub examples: Vec<Example>,
}

/// Pairs by how they relate in a field.
pub struct FieldCounts {
    pub field: String,
    /// In the order of `Agreement::ALL`.
    pub counts: [u64; 4],
}

/// A pair to look at.
pub struct Example {
    /// Source and key of both records.
    pub records: [(String, String); 2],
    /// For each field how it relates.
    pub fields: Vec<(String, Agreement)>,
    /// None where declared tiers decide.
    pub explanation: Option<Explanation>,
}

/// How many pairs of a kind of error are looked at, and how many of those are shown.
const SAMPLE: usize = 1000;
const SHOWN: usize = 12;

impl Judge<'_> {
    /// Counts errors by kind over a sample that is spread evenly over the pairs.
    pub fn errors(&self, pairs: &[(u32, u32)]) -> Errors {
        let sample = spread(pairs, SAMPLE);
        let mut errors = Errors { sampled: sample.len() as u64, ..Errors::default() };
        let mut kinds: BTreeMap<Vec<String>, u64> = BTreeMap::new();
        for (a, b) in &sample {
            let example = self.example(*a, *b);
            if errors.fields.is_empty() {
                let field = |(field, _): &(String, Agreement)| FieldCounts {
                    field: field.clone(),
                    counts: [0; 4],
                };
                errors.fields = example.fields.iter().map(field).collect();
            }
            for (field, (_, agreement)) in errors.fields.iter_mut().zip(&example.fields) {
                field.counts[*agreement as usize] += 1;
            }
            let relations = self.relations(&example, (*a, *b));
            let (aspects, texts) = relations.into_iter().unzip();
            errors.aspects = aspects;
            *kinds.entry(texts).or_default() += 1;
        }
        errors.kinds = kinds.into_iter().collect();
        errors.kinds.sort_by_key(|(_, pairs)| std::cmp::Reverse(*pairs));
        errors.examples = self.examples(&spread(&sample, SHOWN));
        errors
    }

    /// Pairs to look at.
    pub fn examples(&self, pairs: &[(u32, u32)]) -> Vec<Example> {
        pairs.iter().map(|(a, b)| self.example(*a, *b)).collect()
    }

    fn example(&self, a: u32, b: u32) -> Example {
        let name = |r: u32| (self.records.source(r).to_owned(), self.records.key(r).to_owned());
        let explanation = self.engine.and_then(|engine| engine.explain(a, b).ok());
        let fields = match &explanation {
            Some(explanation) => {
                // A part without values says something about all fields.
                let parts = explanation.parts.iter().filter(|part| !part.values.is_empty());
                parts.map(|part| (part.comparison.clone(), of_part(part))).collect()
            }
            None => self.of_texts(a, b),
        };
        Example { records: [name(a), name(b)], fields, explanation }
    }

    /// Which fields have a text in common.
    fn of_texts(&self, a: u32, b: u32) -> Vec<(String, Agreement)> {
        let fields = self.entity.fields.iter().zip(&self.records.frame.columns);
        let of_field =
            |(field, texts): (&crate::project::entity::Field, &karat_resolve::Column)| {
                let agreement = match () {
                    () if texts.of(a).is_empty() || texts.of(b).is_empty() => Agreement::Missing,
                    () if texts.meet(a, b) => Agreement::Same,
                    () => Agreement::Other,
                };
                (field.name.clone(), agreement)
            };
        fields.map(of_field).collect()
    }

    /// How a pair relates in a few aspects: its names in words, and of fields that say nearly the
    /// same thing the one that agrees best.
    fn relations(&self, example: &Example, (a, b): (u32, u32)) -> Vec<(String, String)> {
        let mut groups: Vec<(Option<Aspect>, Vec<&str>, Agreement)> = Vec::new();
        for (field, agreement) in &example.fields {
            let role = self.entity.fields.iter().find(|it| it.name == *field).and_then(|f| f.role);
            let aspect = role.and_then(aspect);
            match groups.iter_mut().find(|group| aspect.is_some() && group.0 == aspect) {
                Some((_, names, best)) => {
                    names.push(field);
                    *best = (*best).min(*agreement);
                }
                None => groups.push((aspect, vec![field], *agreement)),
            }
        }
        let mut relations: Vec<(String, String)> = groups
            .iter()
            .map(|(_, names, agreement)| (names.join(" / "), agreement.name().to_owned()))
            .collect();
        // The one comparison of all names comes last.
        let names = self.engine.and_then(|engine| {
            let missing = || Agreement::Missing.name();
            let is_name = |role: &Role| role.is_name();
            let is_named = self.entity.fields.iter().any(|f| f.role.as_ref().is_some_and(is_name));
            is_named.then(|| engine.names_relate(a, b).unwrap_or_else(missing).to_owned())
        });
        if let (Some(names), Some(last)) = (names, relations.last_mut()) {
            last.1 = names;
            relations.rotate_right(1);
        }
        relations
    }
}

/// What several fields say together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aspect {
    Contact,
    Home,
}

fn aspect(role: Role) -> Option<Aspect> {
    match role {
        Role::Email | Role::Phone => Some(Aspect::Contact),
        Role::Address | Role::Place | Role::Postcode => Some(Aspect::Home),
        _ => None,
    }
}

fn of_part(part: &Part) -> Agreement {
    let has_both = |values: &karat_resolve::explanation::Values| {
        values.left.is_some() && values.right.is_some()
    };
    match part.gamma {
        _ if !part.values.iter().all(has_both) => Agreement::Missing,
        _ if part.values.iter().all(|values| values.left == values.right) => Agreement::Same,
        Some(0) => Agreement::Other,
        // Names have no gamma: they are alike unless they say more against than for one person.
        None if part.weight < 0.0 => Agreement::Other,
        _ => Agreement::Alike,
    }
}

/// At most so many, evenly spread.
fn spread(pairs: &[(u32, u32)], most: usize) -> Vec<(u32, u32)> {
    let count = pairs.len().min(most);
    (0..count).map(|at| pairs[at * pairs.len() / count]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_spread_over_all_pairs_and_has_none_twice() {
        let pairs: Vec<(u32, u32)> = (0..10).map(|n| (n, n + 1)).collect();
        assert_eq!(spread(&pairs, 4), [(0, 1), (2, 3), (5, 6), (7, 8)]);
        assert_eq!(spread(&pairs, 10), pairs);
        assert_eq!(spread(&pairs, 99), pairs);
        assert_eq!(spread(&[], 4), []);
    }
}
