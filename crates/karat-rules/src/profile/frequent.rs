//! The most frequent values: counted to a limit, then with a known error.

use std::collections::HashMap;

use super::hash::AsItIs;
use super::kinds::Fits;

/// Values that are counted at a time.
const COUNTERS: usize = 2048;

/// A frequent value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Top {
    pub text: String,
    /// How often it came at least.
    pub least: u64,
    /// How often it came at most; the same where it was counted.
    pub most: u64,
}

/// Counters of the values that come often (Misra and Gries, "Finding repeated elements", 1982;
/// merged as Agarwal and others, "Mergeable summaries", 2012): when there are too many, all lose
/// the median count, and those that have none left go. What they lost is the error.
#[derive(Clone, Debug, Default)]
pub struct Frequent {
    counters: HashMap<u64, Counter, AsItIs>,
    lost: u64,
}

#[derive(Clone, Debug)]
struct Counter {
    text: Box<str>,
    count: u64,
    fits: Fits,
}

impl Frequent {
    /// Counts a value that has a counter, and says what is known of it.
    pub(super) fn again(&mut self, key: u64) -> Option<Fits> {
        let counter = self.counters.get_mut(&key)?;
        counter.count += 1;
        Some(counter.fits)
    }

    /// Counts a value for the first time.
    pub(super) fn insert(&mut self, key: u64, text: &str, fits: Fits) {
        self.counters.insert(key, Counter { text: text.into(), count: 1, fits });
        self.make_room();
    }

    /// Counts a value by its hash; `text` says what it is, when it is new.
    pub fn add(&mut self, key: u64, text: impl FnOnce() -> Box<str>) {
        if self.again(key).is_none() {
            self.insert(key, &text(), Fits::default());
        }
    }

    /// How much each count may be too small; 0 where all values were counted.
    pub fn error(&self) -> u64 {
        self.lost
    }

    /// The `n` most frequent values that are no tokens; of equal ones the first in order.
    pub fn top(&self, n: usize) -> Vec<Top> {
        let values = self.counters.values().filter(|counter| !counter.fits.is_token);
        let mut found: Vec<&Counter> = values.collect();
        found.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
        let top = found.into_iter().take(n).map(|counter| Top {
            text: counter.text.to_string(),
            least: counter.count,
            most: counter.count + self.lost,
        });
        top.collect()
    }

    /// The texts that stand for no value, in order; rare ones may be missing where there is an
    /// error.
    pub fn tokens(&self) -> Vec<String> {
        let tokens = self.counters.values().filter(|counter| counter.fits.is_token);
        let mut found: Vec<String> = tokens.map(|counter| counter.text.to_string()).collect();
        found.sort_unstable();
        found
    }

    /// Adds the counts of another.
    pub fn merge(&mut self, other: &Frequent) {
        self.lost += other.lost;
        for (key, theirs) in &other.counters {
            match self.counters.get_mut(key) {
                Some(mine) => mine.count += theirs.count,
                None => drop(self.counters.insert(*key, theirs.clone())),
            }
        }
        self.make_room();
    }

    fn make_room(&mut self) {
        if self.counters.len() <= COUNTERS {
            return;
        }
        let mut counts: Vec<u64> = self.counters.values().map(|counter| counter.count).collect();
        let middle = counts.len() / 2;
        let median = *counts.select_nth_unstable(middle).1;
        self.lost += median;
        self.counters.retain(|_, counter| {
            counter.count = counter.count.saturating_sub(median);
            counter.count > 0
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::hash;

    #[test]
    fn counts_are_within_the_error_that_is_said() {
        let mut frequent = Frequent::default();
        for n in 0..100_000_u64 {
            let text = if n % 10 == 0 { "often".to_owned() } else { n.to_string() };
            frequent.add(hash(&text), || text.clone().into());
        }
        let top = &frequent.top(1)[0];
        assert_eq!(top.text, "often");
        assert!(top.least <= 10_000 && 10_000 <= top.most, "{top:?}");
        assert!(frequent.error() <= 100_000 / (COUNTERS as u64 / 2), "{}", frequent.error());
    }

    #[test]
    fn few_values_are_counted() {
        let mut frequent = Frequent::default();
        for text in ["b", "a", "c", "a", "b"] {
            frequent.add(hash(text), || text.into());
        }
        let top: Vec<(String, u64)> =
            frequent.top(2).into_iter().map(|top| (top.text, top.most)).collect();
        assert_eq!(top, [("a".to_owned(), 2), ("b".to_owned(), 2)]);
    }
}
