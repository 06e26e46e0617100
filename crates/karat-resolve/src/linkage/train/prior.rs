//! The prior: how likely two random records match, from rules that find hardly anything but
//! matches and from how many of all matches they are thought to find.

use crate::linkage::linker::{Linker, RuleSet};

/// What the prior rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Distinct pairs that the rules find.
    pub found: u64,
    /// The share of all matches that they are thought to find.
    pub recall: f64,
    pub possible: u64,
    pub value: f64,
}

impl Linker {
    /// The prior by the rules of a set, whose recall is a guess from 0 (exclusive) to 1.
    pub fn prior(&self, rules: RuleSet, recall: f64) -> Prior {
        let found = self.count_pairs(rules);
        let possible = self.possible_pairs();
        let value = found as f64 / recall / possible as f64;
        Prior { found, recall, possible, value }
    }

    /// How many distinct pairs the rules of a set find.
    pub fn count_pairs(&self, rules: RuleSet) -> u64 {
        let mut found = 0;
        self.scan(
            rules,
            || 0,
            |count, _, _| *count += 1,
            |units: Vec<u64>| {
                found += units.iter().sum::<u64>();
            },
        );
        found
    }
}
