//! Names by how common they are, as in the United States: few are borne by many.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::given_names::{MEN, NICKNAMES, SURNAMES, WOMEN};
use super::name_lists::{AMERICAN, SURNAME_ENDS, SURNAME_STARTS};
use super::random::Random;
use super::scramble::scramble;

/// Names and how often each is drawn: the one of rank r as 1 / (r + offset), after Zipf.
pub struct Ranked {
    names: Vec<String>,
    /// Sums of the weights up to each name.
    sums: Vec<usize>,
}

impl Ranked {
    fn new(names: Vec<String>, offset: usize) -> Ranked {
        let mut sum = 0;
        let sums = (0..names.len())
            .map(|rank| {
                sum += 1_000_000_000 / (rank + offset);
                sum
            })
            .collect();
        Ranked { names, sums }
    }

    /// One of the names.
    pub fn draw(&self, random: &mut Random) -> &str {
        let at = random.below(self.sums.last().copied().unwrap_or(0));
        &self.names[self.sums.partition_point(|&sum| sum <= at)]
    }

    /// All names, commonest first.
    pub fn all(&self) -> &[String] {
        &self.names
    }
}

/// How many surnames are put together from syllables, for the long tail.
const COMPOSED: usize = 1800;

/// Given names of men and of women; the commonest has a share of 3.4 %.
pub static GIVEN: LazyLock<[Ranked; 2]> = LazyLock::new(|| {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    [Ranked::new(words(MEN), 10), Ranked::new(words(WOMEN), 10)]
});

/// Surnames; the commonest has a share of 1.3 %.
pub static FAMILY: LazyLock<Ranked> = LazyLock::new(|| {
    let common = AMERICAN.family.iter().copied().chain(SURNAMES.split_whitespace());
    let mut names: Vec<String> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for name in common.map(str::to_owned).chain(composed()) {
        if known.insert(name.clone()) {
            names.push(name);
        }
    }
    Ranked::new(names, 15)
});

fn composed() -> impl Iterator<Item = String> {
    let (starts, ends) = (&*SURNAME_STARTS, &*SURNAME_ENDS);
    let all = starts.len() * ends.len();
    (0..COMPOSED.min(all)).map(move |n| {
        let at = scramble(n as u64, all as u64, 0) as usize;
        format!("{}{}", starts[at / ends.len()], ends[at % ends.len()])
    })
}

static SHORT: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let entries = NICKNAMES.split_whitespace().filter_map(|entry| entry.split_once(':'));
    entries.map(|(name, short)| (name, short.split(',').collect())).collect()
});

/// What bearers of a given name are called; empty for most names.
pub fn nicknames(given: &str) -> &'static [&'static str] {
    SHORT.get(given).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn there_are_enough_names_and_none_twice() {
        for (ranked, least) in [(&GIVEN[0], 170), (&GIVEN[1], 170), (&*FAMILY, 1500)] {
            let distinct: HashSet<&String> = ranked.all().iter().collect();
            assert_eq!(distinct.len(), ranked.all().len());
            assert!(distinct.len() >= least, "{} names", distinct.len());
            assert!(ranked.all().iter().all(|name| name.is_ascii() && name.len() > 1));
        }
    }

    #[test]
    fn nicknames_are_at_least_120_pairs_of_names_that_are_drawn() {
        let given: HashSet<&String> = GIVEN.iter().flat_map(Ranked::all).collect();
        let pairs: usize = SHORT.values().map(Vec::len).sum();
        assert!(pairs >= 120, "{pairs}");
        assert_eq!(SHORT.len(), NICKNAMES.split_whitespace().count(), "a name stands there twice");
        for (name, short) in SHORT.iter() {
            assert!(given.contains(&(*name).to_owned()), "{name} is never drawn");
            assert!(!short.contains(name), "{name}");
        }
    }

    #[test]
    fn common_names_are_as_common_as_they_say() {
        let mut random = Random::new(1, 1);
        let smiths = (0..100_000).filter(|_| FAMILY.draw(&mut random) == "Smith").count();
        assert!((1100..1500).contains(&smiths), "{smiths}");
    }
}
