//! Candidate pairs: each pair that some rule finds, once, with the first rule that finds it. Pairs
//! are visited block by block and never kept.

use std::ops::Range;

use super::compare::Comparer;
use super::keys::{Groups, KeyRows, Keys, NO_KEY, first_shared};
use super::limits::{BlockPairs, LeftOut, size};
use super::look::Scratch;
use super::program::Program;

/// A blocking rule, ready.
#[derive(Debug)]
pub(crate) struct Rule {
    pub left: Keys,
    /// Where the right record's key is made otherwise.
    pub right: Option<Keys>,
    /// What must hold besides equal keys.
    pub also: Option<Program>,
}

/// Rules that belong together.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    rules: Vec<Ready>,
    /// Keys of those rules that ask for one equal key and nothing else.
    plain: KeyRows,
    /// The blocks that these keys lack.
    pub left_out: Vec<LeftOut>,
}

#[derive(Debug)]
enum Ready {
    /// The keys are this column of `plain`.
    Plain(usize),
    Other(Rule),
}

impl Rules {
    /// No rules yet; `plain` of those to come ask for one equal key and nothing else.
    pub fn new(plain: usize, records: usize) -> Rules {
        let plain = KeyRows::new(plain, records);
        Rules { rules: Vec::new(), plain, left_out: Vec::new() }
    }

    /// Adds a rule, the last to be asked.
    pub fn add(&mut self, rule: Rule) {
        let ready = match rule {
            Rule { left: Keys::One(keys), right: None, also: None } => {
                let at = self.rules.iter().filter(|rule| matches!(rule, Ready::Plain(_))).count();
                self.plain.put(at, &keys);
                Ready::Plain(at)
            }
            other => Ready::Other(other),
        };
        self.rules.push(ready);
    }

    /// Bytes of the keys.
    pub fn bytes(&self) -> u64 {
        let of = |rule: &Ready| match rule {
            Ready::Plain(_) => 0,
            Ready::Other(rule) => rule.left.bytes() + rule.right.as_ref().map_or(0, Keys::bytes),
        };
        self.plain.bytes() + self.rules.iter().map(of).sum::<u64>()
    }

    /// How many keys records have at most by one rule, on both sides.
    pub fn most_keys(&self, records: usize) -> u64 {
        let of = |rule: &Ready| match rule {
            Ready::Plain(_) => records as u64,
            Ready::Other(rule) => rule.left.count() + rule.right.as_ref().map_or(0, Keys::count),
        };
        self.rules.iter().map(of).max().unwrap_or(0)
    }

    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// The groups of a rule on its left side, and on its right side where that differs.
    pub fn groups(&self, rule: usize) -> (Groups, Option<Groups>) {
        match &self.rules[rule] {
            Ready::Plain(at) => (Groups::new(&Keys::One(self.plain.column(*at))), None),
            Ready::Other(rule) => (Groups::new(&rule.left), rule.right.as_ref().map(Groups::new)),
        }
    }

    /// Takes keys of a rule, marked by their numbers, from all records.
    pub fn forget_keys(&mut self, rule: usize, gone: &[bool]) {
        match &mut self.rules[rule] {
            Ready::Plain(at) => self.plain.forget(*at, gone),
            Ready::Other(rule) => {
                rule.left.forget(gone);
                rule.right.iter_mut().for_each(|right| right.forget(gone));
            }
        }
    }
}

/// The candidates of some rules.
pub(crate) struct Candidates<'a> {
    pub rules: &'a Rules,
    /// Only records of different sources are candidates.
    pub across: bool,
    pub sources: &'a [u16],
    pub comparer: &'a Comparer,
}

/// Left records `from..to` of the group of a key.
#[derive(Clone, Copy, Debug)]
struct Part {
    key: u32,
    from: u32,
    to: u32,
}

/// The groups of one rule, cut into units of about equal work.
pub(crate) struct Blocks {
    left: Groups,
    right: Option<Groups>,
    parts: Vec<Part>,
    /// Each unit is a range of parts.
    pub units: Vec<Range<u32>>,
}

/// What a rule costs before other rules and its further conditions are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Pairs that share a key; where lists are exploded, once for every key that they share.
    pub pairs: u64,
    /// Records in the largest block, on the larger side where the sides' keys are made otherwise.
    pub largest_block: u32,
    /// Blocks beyond the limit.
    pub blocks_left_out: u32,
    /// Their pairs, counted as `pairs` are, which does not contain them.
    pub pairs_left_out: u64,
}

impl Cost {
    /// The share of the rule's pairs that the limit leaves out, 0 to 1.
    pub fn share_left_out(&self) -> f64 {
        match self.pairs + self.pairs_left_out {
            0 => 0.0,
            all => self.pairs_left_out as f64 / all as f64,
        }
    }
}

/// Pairs in a unit of work.
pub(crate) const UNIT: u32 = 1 << 15;

impl Candidates<'_> {
    /// The blocks of a rule.
    pub fn blocks(&self, rule: usize) -> Blocks {
        let (left, right) = self.rules.groups(rule);
        let mut blocks = Blocks { left, right, parts: Vec::new(), units: Vec::new() };
        blocks.cut();
        blocks
    }

    /// Visits the pairs of a unit that no earlier rule finds, the record of lower number first.
    #[inline]
    pub fn visit(
        &self,
        rule: usize,
        (blocks, unit): (&Blocks, &Range<u32>),
        scratch: &mut Scratch,
        mut pair: impl FnMut(u32, u32, &mut Scratch),
    ) {
        for part in &blocks.parts[unit.start as usize..unit.end as usize] {
            let left = blocks.left.of(part.key);
            let right = blocks.right.as_ref().map(|right| right.of(part.key));
            for i in part.from..part.to {
                let l = left[i as usize];
                let others = right.unwrap_or(&left[i as usize + 1..]);
                for (n, r) in others.iter().enumerate() {
                    if let Some(next) = others.get(n + AHEAD) {
                        self.comparer.table.call_up(*next);
                        self.rules.plain.call_up(*next);
                    }
                    if l < *r && self.is_new(rule, part.key, (l, *r), scratch) {
                        pair(l, *r, scratch);
                    }
                }
            }
        }
    }

    #[inline]
    fn is_new(&self, rule: usize, key: u32, (l, r): (u32, u32), scratch: &mut Scratch) -> bool {
        if self.across && self.sources[l as usize] == self.sources[r as usize] {
            return false;
        }
        let plain = (self.rules.plain.of(l), self.rules.plain.of(r));
        for earlier in &self.rules.rules[..rule] {
            if self.finds(earlier, plain, (l, r), scratch).is_some() {
                return false;
            }
        }
        self.finds(&self.rules.rules[rule], plain, (l, r), scratch) == Some(key)
    }

    /// The first key by which a rule finds a pair with these plain keys.
    #[inline]
    fn finds(
        &self,
        rule: &Ready,
        (plain_l, plain_r): (&[u32], &[u32]),
        (l, r): (u32, u32),
        scratch: &mut Scratch,
    ) -> Option<u32> {
        match rule {
            Ready::Plain(at) => {
                let key = plain_l[*at];
                (key != NO_KEY && key == plain_r[*at]).then_some(key)
            }
            Ready::Other(rule) => {
                let right = rule.right.as_ref().unwrap_or(&rule.left);
                let key = first_shared(&rule.left, l, right, r)?;
                let also = |also| self.comparer.holds(also, l, r, scratch);
                rule.also.as_ref().is_none_or(also).then_some(key)
            }
        }
    }

    /// What a rule costs.
    pub fn cost(&self, rule: usize) -> Cost {
        let (left, right) = self.rules.groups(rule);
        let pairs = BlockPairs { sources: self.across.then_some(self.sources) };
        let mut cost = Cost::default();
        for key in 0..left.len() as u32 {
            let (l, r) = (left.of(key), right.as_ref().map(|right| right.of(key)));
            cost.largest_block = cost.largest_block.max(size(l, r));
            cost.pairs += pairs.count(l, r);
        }
        for block in self.rules.left_out.iter().filter(|block| block.rule as usize == rule) {
            cost.blocks_left_out += 1;
            cost.pairs_left_out += block.pairs;
        }
        cost
    }
}

/// How many pairs ahead of its comparison a record is called up.
const AHEAD: usize = 3;

impl Blocks {
    fn cut(&mut self) {
        let (mut first, mut pairs) = (0, 0);
        for key in 0..self.left.len() as u32 {
            let records = self.left.of(key).len() as u32;
            let others = self.right.as_ref().map_or(records, |right| right.of(key).len() as u32);
            if records == 0 || others == 0 || (others == 1 && self.right.is_none()) {
                continue;
            }
            let step = (UNIT / others).max(1);
            for from in (0..records).step_by(step as usize) {
                let to = records.min(from + step);
                self.parts.push(Part { key, from, to });
                pairs += (to - from) * others;
                if pairs >= UNIT {
                    self.units.push(first..self.parts.len() as u32);
                    (first, pairs) = (self.parts.len() as u32, 0);
                }
            }
        }
        if first < self.parts.len() as u32 {
            self.units.push(first..self.parts.len() as u32);
        }
    }
}
