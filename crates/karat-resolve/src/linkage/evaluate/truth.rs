//! What is known of which pairs match.

use rustc_hash::FxHashMap;

use super::pairs;

/// Pairs known to match or not to match, from labels of records or of pairs.
#[derive(Clone, Debug)]
pub struct Truth {
    known: Known,
    positives: u64,
    negatives: u64,
    contradictions: Vec<(u32, u32)>,
}

#[derive(Clone, Debug)]
enum Known {
    Records { labels: Vec<Option<u32>>, sources: Option<Vec<u16>> },
    Pairs(FxHashMap<(u32, u32), bool>),
}

/// A pair that somebody looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Labelled {
    pub left: u32,
    pub right: u32,
    pub is_match: bool,
}

impl Truth {
    /// From a label for each record, the same for records of the same entity; of a pair with an
    /// unlabelled record nothing is known. With `sources`, one for each record, only pairs across
    /// sources are possible.
    ///
    /// Splink counts pairs with unlabelled records as not matching.
    pub fn from_labels(labels: &[Option<u32>], sources: Option<&[u16]>) -> Truth {
        let source = |record: usize| sources.map_or(0, |sources| sources[record]);
        let labelled = labels.iter().enumerate();
        let mut labelled: Vec<(u32, u16)> =
            labelled.filter_map(|(i, label)| label.map(|label| (label, source(i)))).collect();
        labelled.sort_unstable();
        let mut positives: u64 = labelled.chunk_by(|x, y| x.0 == y.0).map(pairs_of).sum();
        let mut possible = pairs_of(&labelled);
        if sources.is_some() {
            positives -= labelled.chunk_by(|x, y| x == y).map(pairs_of).sum::<u64>();
            labelled.sort_unstable_by_key(|(_, source)| *source);
            possible -= labelled.chunk_by(|x, y| x.1 == y.1).map(pairs_of).sum::<u64>();
        }
        let known =
            Known::Records { labels: labels.to_vec(), sources: sources.map(<[u16]>::to_vec) };
        Truth { known, positives, negatives: possible - positives, contradictions: Vec::new() }
    }

    /// From labelled pairs, in which each pair counts once; a pair that was labelled both ways is
    /// not known.
    pub fn from_pairs(labelled: &[Labelled]) -> Truth {
        let key = |pair: &Labelled| (pair.left.min(pair.right), pair.left.max(pair.right));
        let mut known: FxHashMap<(u32, u32), bool> = FxHashMap::default();
        let mut contradictions = Vec::new();
        for pair in labelled {
            if *known.entry(key(pair)).or_insert(pair.is_match) != pair.is_match {
                contradictions.push(key(pair));
            }
        }
        contradictions.sort_unstable();
        contradictions.dedup();
        contradictions.iter().for_each(|pair| _ = known.remove(pair));
        let positives = known.values().filter(|is_match| **is_match).count() as u64;
        let negatives = known.len() as u64 - positives;
        Truth { known: Known::Pairs(known), positives, negatives, contradictions }
    }

    /// Whether a pair matches, where that is known.
    pub fn matches(&self, left: u32, right: u32) -> Option<bool> {
        match &self.known {
            Known::Records { labels, sources } => {
                let (a, b) = (left as usize, right as usize);
                let possible = sources.as_ref().is_none_or(|sources| sources[a] != sources[b]);
                possible.then(|| Some(labels[a]? == labels[b]?)).flatten()
            }
            Known::Pairs(known) => known.get(&(left.min(right), left.max(right))).copied(),
        }
    }

    /// How many pairs are known to match, whether or not they were ever compared.
    pub fn positives(&self) -> u64 {
        self.positives
    }

    /// How many pairs are known not to match.
    pub fn negatives(&self) -> u64 {
        self.negatives
    }

    /// Pairs that were labelled both ways, ascending.
    pub fn contradictions(&self) -> &[(u32, u32)] {
        &self.contradictions
    }
}

fn pairs_of<T>(records: &[T]) -> u64 {
    pairs(records.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::train::random;

    #[test]
    fn counts_are_what_enumerating_gives() {
        for seed in 0..300 {
            let records = random::below(40, random::draw(seed, 1_000_000) as u32);
            let draw = |limit, i| random::below(limit, random::draw(seed, u64::from(i)) as u32);
            let labels: Vec<Option<u32>> =
                (0..records).map(|i| draw(9, i).checked_sub(1)).collect();
            let sources: Vec<u16> = (0..records).map(|i| draw(3, i + 100) as u16).collect();
            for sources in [None, Some(&sources[..])] {
                let truth = Truth::from_labels(&labels, sources);
                let all = (0..records).flat_map(|b| (0..b).map(move |a| (a, b)));
                let known: Vec<bool> = all.filter_map(|(a, b)| truth.matches(a, b)).collect();
                let positives = known.iter().filter(|is_match| **is_match).count() as u64;
                assert_eq!(truth.positives(), positives);
                assert_eq!(truth.negatives(), known.len() as u64 - positives);
            }
        }
    }

    #[test]
    fn only_labelled_pairs_that_are_possible_are_known() {
        let labels = [Some(1), Some(1), None, Some(2), Some(1)];
        let truth = Truth::from_labels(&labels, Some(&[0, 0, 1, 1, 1]));
        assert_eq!((truth.positives(), truth.negatives()), (2, 2));
        let pairs = [(0, 4), (0, 3), (0, 1), (0, 2)];
        let known = pairs.map(|(left, right)| truth.matches(left, right));
        assert_eq!(known, [Some(true), Some(false), None, None]);
    }

    #[test]
    fn a_pair_labelled_both_ways_is_not_known() {
        let labelled = |left, right, is_match| Labelled { left, right, is_match };
        let pairs = [
            labelled(1, 2, true),
            labelled(2, 1, false),
            labelled(3, 1, true),
            labelled(1, 3, true),
            labelled(2, 3, false),
        ];
        let truth = Truth::from_pairs(&pairs);
        assert_eq!((truth.positives(), truth.negatives()), (1, 1));
        assert_eq!(truth.contradictions(), [(1, 2)]);
        assert_eq!([truth.matches(2, 1), truth.matches(1, 3)], [None, Some(true)]);
    }
}
