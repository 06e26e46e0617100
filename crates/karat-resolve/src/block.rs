//! Candidate pairs: which records are worth comparing. Every generator sorts keys instead of
//! comparing all with all, so that its work grows with the records, not with their square.

use std::hash::{Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::FxHasher;

use crate::frame::{Frame, NO_SCOPE};

/// A block larger than this yields no pairs of its own; it is counted instead.
pub const LARGEST_BLOCK: usize = 1000;

/// Two records, the smaller number first.
pub type Candidate = (u32, u32);

/// Candidates, each once and ascending, and what was left out.
#[derive(Debug, Default)]
pub struct Candidates {
    pub pairs: Vec<Candidate>,
    /// Blocks that were too large to be compared pair by pair.
    pub oversize: usize,
}

impl Candidates {
    /// The union of both.
    pub fn join(mut self, other: Candidates) -> Candidates {
        self.pairs.extend(other.pairs);
        self.pairs.par_sort_unstable();
        self.pairs.dedup();
        self.oversize += other.oversize;
        self
    }
}

/// Texts of a column that stand for a group rather than for one: borne in one scope by records
/// with more than `limit` different texts of another column (an office number, a shared box).
#[derive(Debug, Default)]
pub struct Weak {
    /// Sorted `(scope, text id)`.
    keys: Vec<(u32, u32)>,
}

impl Weak {
    /// Finds the weak texts of `column`, told apart by the texts of column `by`.
    pub fn find(frame: &Frame, column: usize, by: usize, limit: usize) -> Weak {
        let entries = entries(frame, column);
        let weak = blocks(&entries).filter(|block| {
            let mut bearers: Vec<u32> =
                block.iter().flat_map(|e| frame.columns[by].of(e.1).iter().copied()).collect();
            bearers.sort_unstable();
            bearers.dedup();
            bearers.len() > limit
        });
        Weak { keys: weak.map(|block| block[0].0).collect() }
    }

    /// Whether a text is weak in a scope.
    pub fn contains(&self, scope: u32, text: u32) -> bool {
        self.keys.binary_search(&(scope, text)).is_ok()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// Pairs of records of one scope that share a text of `column`. Weak texts yield none: whoever
/// else agrees is found through what else agrees.
pub fn same(frame: &Frame, column: usize, weak: &Weak) -> Candidates {
    let entries = entries(frame, column);
    let mut found = Candidates::default();
    for block in blocks(&entries) {
        let ((scope, text), _) = block[0];
        if block.len() > LARGEST_BLOCK {
            found.oversize += 1;
        } else if block.len() > 1 && !weak.contains(scope, text) {
            push_pairs(block.iter().map(|e| e.1), &mut found.pairs);
        }
    }
    found.pairs.par_sort_unstable();
    found.pairs.dedup();
    found
}

/// Sorted `((scope, text), record)`.
fn entries(frame: &Frame, column: usize) -> Vec<((u32, u32), u32)> {
    let column = &frame.columns[column];
    let mut entries: Vec<_> = (0..frame.len() as u32)
        .filter(|r| frame.scopes[*r as usize] != NO_SCOPE)
        .flat_map(|r| column.of(r).iter().map(move |id| ((frame.scopes[r as usize], *id), r)))
        .collect();
    entries.par_sort_unstable();
    entries
}

fn blocks<K: PartialEq, V>(entries: &[(K, V)]) -> impl Iterator<Item = &[(K, V)]> {
    entries.chunk_by(|a, b| a.0 == b.0)
}

fn push_pairs(records: impl Iterator<Item = u32> + Clone, pairs: &mut Vec<Candidate>) {
    for (i, a) in records.clone().enumerate() {
        pairs.extend(records.clone().skip(i + 1).map(|b| (a.min(b), a.max(b))));
    }
}

/// Pairs of records of one scope whose texts of `column` are near each other and which `alike`
/// accepts. Near is: one edit apart, or the same last word and first letter, or the same first
/// word and the same letter at the beginning of the last.
pub fn similar<F>(frame: &Frame, column: usize, alike: F) -> Candidates
where
    F: Fn(&str, &str) -> bool + Sync,
{
    let bearers = entries(frame, column);
    let names: Vec<&[((u32, u32), u32)]> = blocks(&bearers).collect();
    let text = |name: u32| frame.columns[column].text(names[name as usize][0].0.1);
    let mut keys: Vec<(u64, u32)> = (0..names.len() as u32)
        .into_par_iter()
        .flat_map_iter(|name| {
            near_keys(names[name as usize][0].0.0, text(name)).into_iter().map(move |k| (k, name))
        })
        .collect();
    keys.par_sort_unstable();
    keys.dedup();
    let near: Vec<&[(u64, u32)]> = blocks(&keys).filter(|block| block.len() > 1).collect();
    let mut found = Candidates {
        pairs: Vec::new(),
        oversize: near.iter().filter(|block| block.len() > LARGEST_BLOCK).count(),
    };
    let mut alike_names: Vec<Candidate> = near
        .par_iter()
        .filter(|block| block.len() <= LARGEST_BLOCK)
        .flat_map_iter(|block| {
            let mut pairs = Vec::new();
            push_pairs(block.iter().map(|k| k.1), &mut pairs);
            pairs.retain(|(a, b)| {
                let same_scope = names[*a as usize][0].0.0 == names[*b as usize][0].0.0;
                same_scope && alike(text(*a), text(*b))
            });
            pairs
        })
        .collect();
    alike_names.par_sort_unstable();
    alike_names.dedup();
    for (a, b) in alike_names {
        let (a, b) = (names[a as usize], names[b as usize]);
        let product = a.iter().flat_map(|x| b.iter().map(|y| (x.1, y.1)));
        found.pairs.extend(product.filter(|(x, y)| x != y).map(|(x, y)| (x.min(y), x.max(y))));
    }
    found.pairs.par_sort_unstable();
    found.pairs.dedup();
    found
}

/// The keys under which texts near each other meet. Two texts one edit apart share the text
/// that is left when the edited letter is taken out (symmetric deletion).
fn near_keys(scope: u32, text: &str) -> Vec<u64> {
    let mut keys = Vec::with_capacity(text.len() + 3);
    keys.push(key(scope, 'd', &[text]));
    let mut shorter = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        shorter.clear();
        shorter.push_str(&text[..at]);
        shorter.push_str(&text[at + letter.len_utf8()..]);
        keys.push(key(scope, 'd', &[&shorter]));
    }
    let mut words = text.split(' ');
    if let (Some(first), Some(last)) = (words.next(), words.next_back()) {
        keys.push(key(scope, 'l', &[head(first), last]));
        keys.push(key(scope, 'f', &[first, head(last)]));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn head(word: &str) -> &str {
    &word[..word.chars().next().map_or(0, char::len_utf8)]
}

fn key(scope: u32, kind: char, parts: &[&str]) -> u64 {
    let mut hasher = FxHasher::default();
    (scope, kind, parts).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::ColumnBuilder;
    use crate::measure::one_edit;

    fn frame(names: &[(u32, &str)]) -> Frame {
        let mut column = ColumnBuilder::default();
        for (_, name) in names {
            let id = column.intern(name);
            column.push(&mut vec![id]);
        }
        Frame {
            sources: vec![0; names.len()],
            scopes: names.iter().map(|n| n.0).collect(),
            columns: vec![column.finish()],
        }
    }

    #[test]
    fn same_pairs_stay_within_their_scope() {
        let frame = frame(&[(1, "a"), (2, "a"), (1, "a"), (NO_SCOPE, "a"), (NO_SCOPE, "a")]);
        assert_eq!(same(&frame, 0, &Weak::default()).pairs, [(0, 2)]);
    }

    #[test]
    fn every_pair_one_edit_apart_is_a_candidate() {
        let names = ["jane doe", "jnae doe", "jane do", "jan doe", "jane does", "xane doe", "bob"];
        let frame = frame(&names.map(|n| (0, n)));
        let found = similar(&frame, 0, one_edit).pairs;
        for a in 0..names.len() {
            for b in a + 1..names.len() {
                let expected = one_edit(names[a], names[b]);
                assert_eq!(found.contains(&(a as u32, b as u32)), expected, "{a} {b}");
            }
        }
    }

    #[test]
    fn a_text_of_many_bearers_is_weak() {
        let mut names = ColumnBuilder::default();
        let mut phones = ColumnBuilder::default();
        for name in ["ann", "bob", "cid", "ann"] {
            let (name, phone) = (names.intern(name), phones.intern("office"));
            names.push(&mut vec![name]);
            phones.push(&mut vec![phone]);
        }
        let columns = vec![names.finish(), phones.finish()];
        let frame = Frame { sources: vec![0; 4], scopes: vec![0; 4], columns };
        assert!(Weak::find(&frame, 1, 0, 3).is_empty());
        let weak = Weak::find(&frame, 1, 0, 2);
        assert!(weak.contains(0, 0));
        assert_eq!(same(&frame, 1, &weak).pairs, []);
        assert_eq!(same(&frame, 0, &Weak::default()).pairs, [(0, 3)]);
    }
}
