//! How many values differ: counted to a limit, then estimated.

use std::collections::HashSet;

use super::hash::AsItIs;

/// Different values that are counted one by one.
const COUNTED: usize = 1 << 16;

/// The same while no value has come twice, so that keys are recognised.
const UNIQUE: usize = 1 << 20;

/// Registers of the estimate are two to this power.
const BITS: u32 = 14;

/// A number of different values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub values: u64,
    /// Whether they were counted; else the standard error is 0.81 % (HyperLogLog with 2^14
    /// registers).
    pub is_exact: bool,
}

/// Counts different values by their hashes.
#[derive(Clone, Debug, Default)]
pub struct Distinct {
    added: u64,
    seen: HashSet<u64, AsItIs>,
    /// Empty while values are counted.
    registers: Vec<u8>,
}

impl Distinct {
    /// Adds a value by its hash; says whether it is new, as far as that is known.
    pub fn add(&mut self, key: u64) -> bool {
        self.added += 1;
        if !self.registers.is_empty() {
            self.register(key);
            return true;
        }
        let is_new = self.seen.insert(key);
        let is_unique = self.seen.len() as u64 == self.added;
        if self.seen.len() > if is_unique { UNIQUE } else { COUNTED } {
            self.estimate();
        }
        is_new
    }

    /// The number of different values.
    pub fn count(&self) -> Count {
        match self.registers.is_empty() {
            true => Count { values: self.seen.len() as u64, is_exact: true },
            false => Count { values: self.estimated().min(self.added), is_exact: false },
        }
    }

    /// Whether no value came twice; `None` where there were too many to know.
    pub fn is_unique(&self) -> Option<bool> {
        self.registers.is_empty().then_some(self.seen.len() as u64 == self.added)
    }

    /// Adds the values of another.
    pub fn merge(&mut self, other: &Distinct) {
        self.added += other.added;
        if other.registers.is_empty() && self.registers.is_empty() {
            self.seen.extend(&other.seen);
            let is_unique = self.seen.len() as u64 == self.added;
            if self.seen.len() > if is_unique { UNIQUE } else { COUNTED } {
                self.estimate();
            }
            return;
        }
        self.estimate();
        other.seen.iter().for_each(|key| self.register(*key));
        for (mine, theirs) in self.registers.iter_mut().zip(&other.registers) {
            *mine = (*mine).max(*theirs);
        }
    }

    fn estimate(&mut self) {
        if self.registers.is_empty() {
            self.registers = vec![0; 1 << BITS];
            let seen = std::mem::take(&mut self.seen);
            seen.iter().for_each(|key| self.register(*key));
        }
    }

    fn register(&mut self, key: u64) {
        let at = (key >> (u64::BITS - BITS)) as usize;
        let zeros = ((key << BITS) | (1 << (BITS - 1))).leading_zeros() as u8 + 1;
        self.registers[at] = self.registers[at].max(zeros);
    }

    /// Source: Flajolet, Fusy, Gandouet and Meunier, "HyperLogLog" (2007), with its linear
    /// counting of small numbers.
    fn estimated(&self) -> u64 {
        let m = self.registers.len() as f64;
        let sum: f64 = self.registers.iter().map(|zeros| (-f64::from(*zeros)).exp2()).sum();
        let estimate = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
        let free = self.registers.iter().filter(|zeros| **zeros == 0).count() as f64;
        let small = free > 0.0 && estimate <= 2.5 * m;
        (if small { m * (m / free).ln() } else { estimate }).round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::hash;

    fn of(range: std::ops::Range<u64>) -> Distinct {
        let mut distinct = Distinct::default();
        for n in range {
            distinct.add(hash(&n.to_string()));
        }
        distinct
    }

    #[test]
    fn values_are_counted_to_the_limit_and_estimated_beyond() {
        let mut distinct = of(0..50_000);
        assert_eq!(distinct.count(), Count { values: 50_000, is_exact: true });
        assert_eq!(distinct.is_unique(), Some(true));
        distinct.merge(&of(0..400_000));
        let found = distinct.count();
        assert!(!found.is_exact && distinct.is_unique().is_none());
        let off = found.values as f64 / 400_000.0 - 1.0;
        assert!(off.abs() < 3.0 * 0.0081, "{off}");
    }

    #[test]
    fn parts_merged_are_the_whole() {
        let mut parts = of(0..700_000);
        parts.merge(&of(700_000..2_000_000));
        assert_eq!(parts.count(), of(0..2_000_000).count());
    }
}
