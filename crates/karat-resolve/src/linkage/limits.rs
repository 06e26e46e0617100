//! What a run may use, and what it leaves out for that: blocks too large to compare.

use super::candidates::Rules;
use super::keys::Groups;

/// What a run may use; nothing is limited unless it is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Records of the largest block whose pairs are compared.
    pub largest_block: Option<u32>,
    /// Bytes of memory.
    pub memory: Option<u64>,
}

/// A block beyond the limit: its rule finds no pair by that key. Another rule may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Position of the rule in its set.
    pub rule: u32,
    /// A record of the block, the first on the left side.
    pub example: u32,
    /// Records in the block, on the larger side where the sides' keys are made otherwise.
    pub records: u32,
    /// Pairs that share the key.
    pub pairs: u64,
}

impl Rules {
    /// Takes their keys from the records of blocks of more than `largest` records, and says which
    /// blocks those are, ascending by rule.
    pub fn limit(&mut self, largest: u32, pairs: &BlockPairs<'_>) -> Vec<LeftOut> {
        let mut all = Vec::new();
        for rule in 0..self.len() {
            let (left, right) = self.groups(rule);
            let mut gone = vec![false; left.len().max(right.as_ref().map_or(0, Groups::len))];
            let before = all.len();
            for key in 0..left.len() as u32 {
                let (l, r) = (left.of(key), right.as_ref().map(|right| right.of(key)));
                let records = size(l, r);
                let count = if records > largest { pairs.count(l, r) } else { 0 };
                if count > 0 {
                    gone[key as usize] = true;
                    let rule = rule as u32;
                    all.push(LeftOut { rule, example: l[0], records, pairs: count });
                }
            }
            if all.len() > before {
                self.forget_keys(rule, &gone);
            }
        }
        all
    }
}

/// Records of a block: of the larger side.
pub(super) fn size(left: &[u32], right: Option<&[u32]>) -> u32 {
    left.len().max(right.map_or(0, <[u32]>::len)) as u32
}

/// Counts the candidate pairs of a block.
pub(crate) struct BlockPairs<'a> {
    /// The source of each record, where only pairs of different sources are candidates.
    pub sources: Option<&'a [u16]>,
}

impl BlockPairs<'_> {
    /// The pairs of a lower record on the left and a higher on the right; both sides ascend, and
    /// are the same where there is no right one.
    pub fn count(&self, left: &[u32], right: Option<&[u32]>) -> u64 {
        let all = match right {
            Some(right) => ascending_pairs(left, right),
            None => left.len() as u64 * (left.len() as u64).saturating_sub(1) / 2,
        };
        match self.sources {
            Some(sources) if all > 0 => all - within(sources, left, right.unwrap_or(left)),
            _ => all,
        }
    }
}

/// Pairs of a lower left and a higher right record.
fn ascending_pairs(left: &[u32], right: &[u32]) -> u64 {
    let (mut below, mut pairs) = (0, 0);
    for record in right {
        below += left[below..].iter().take_while(|l| *l < record).count();
        pairs += below as u64;
    }
    pairs
}

/// Those of them that are of one source.
fn within(sources: &[u16], left: &[u32], right: &[u32]) -> u64 {
    let sorted = |records: &[u32]| {
        let mut of: Vec<(u16, u32)> =
            records.iter().map(|record| (sources[*record as usize], *record)).collect();
        of.sort_unstable();
        of
    };
    let (left, right) = (sorted(left), sorted(right));
    let records = |of: &[(u16, u32)]| of.iter().map(|(_, record)| *record).collect::<Vec<u32>>();
    let of_source = |same: &[(u16, u32)]| {
        let source = same[0].0;
        let from = right.partition_point(|(s, _)| *s < source);
        let to = right.partition_point(|(s, _)| *s <= source);
        ascending_pairs(&records(same), &records(&right[from..to]))
    };
    left.chunk_by(|a, b| a.0 == b.0).map(of_source).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pair by pair.
    fn slowly(sources: Option<&[u16]>, left: &[u32], right: &[u32]) -> u64 {
        let pairs = left.iter().flat_map(|l| right.iter().map(move |r| (*l, *r)));
        let counts =
            |(l, r): &(u32, u32)| l < r && sources.is_none_or(|s| s[*l as usize] != s[*r as usize]);
        pairs.filter(counts).count() as u64
    }

    #[test]
    fn pairs_of_a_block_are_those_that_enumerating_finds() {
        use crate::linkage::train::random::{below, draw};
        for seed in 0..300 {
            let some = |salt: u64| -> Vec<u32> {
                (0..12)
                    .filter(|r| below(3, draw(seed ^ salt << 32, u64::from(*r)) as u32) > 0)
                    .collect()
            };
            let sources: Vec<u16> =
                (0..12).map(|r| below(3, draw(!seed, r) as u32) as u16).collect();
            let (left, right) = (some(1), some(2));
            for sources in [None, Some(sources.as_slice())] {
                let pairs = BlockPairs { sources };
                assert_eq!(pairs.count(&left, None), slowly(sources, &left, &left));
                assert_eq!(pairs.count(&left, Some(&right)), slowly(sources, &left, &right));
            }
        }
    }
}
