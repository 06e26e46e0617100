//! Survivorship: which of several values becomes the golden one, and why the others do not. Ties
//! end at the record with the smallest number, so that the answer is always the same.

use std::cmp::{Ordering, Reverse};

use rustc_hash::FxHashMap;

/// How a golden value is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// From the most trusted source that has one; within it the most recent.
    MostTrusted,
    /// From the most recently changed record; unknown times come last.
    MostRecent,
    /// The value that most records have.
    MostFrequent,
    /// The value with the most letters.
    Longest,
    /// From the first of the sources in a declared order that has one; within it the most recent.
    First,
    /// All values, each once, sorted.
    Union,
    /// The value that an expression of the user's names.
    Sql,
}

/// By what one offer beats another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// The smaller rank.
    Rank,
    Trust,
    /// The later change.
    Recency,
    /// The more records with the same value.
    Frequency,
    /// The more letters.
    Length,
    /// The record that comes first by source and key: all else is equal.
    Record,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Rule; 7] = [
        Rule::MostTrusted,
        Rule::MostRecent,
        Rule::MostFrequent,
        Rule::Longest,
        Rule::First,
        Rule::Union,
        Rule::Sql,
    ];

    /// Its name in entity files.
    pub fn name(self) -> &'static str {
        match self {
            Rule::MostTrusted => "most_trusted",
            Rule::MostRecent => "most_recent",
            Rule::MostFrequent => "most_frequent",
            Rule::Longest => "longest",
            Rule::First => "first",
            Rule::Union => "union",
            Rule::Sql => "sql",
        }
    }

    /// What decides between two offers, one after the other until they differ. Of a union it
    /// decides which record a value is from.
    pub fn criteria(self) -> &'static [Criterion] {
        use Criterion::{Frequency, Length, Rank, Recency, Record, Trust};
        match self {
            Rule::MostTrusted => &[Trust, Recency, Record],
            Rule::MostRecent => &[Recency, Trust, Record],
            Rule::MostFrequent => &[Frequency, Trust, Record],
            Rule::Longest => &[Length, Trust, Record],
            Rule::First => &[Rank, Recency, Record],
            Rule::Union => &[Trust, Record],
            Rule::Sql => &[Rank, Trust, Record],
        }
    }
}

/// A value that a record offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer<'a> {
    pub record: u32,
    pub value: &'a str,
    /// Higher is better.
    pub trust: i32,
    /// When the record changed, in any unit; larger is later.
    pub changed: Option<i64>,
    /// For `First` the place of its source in the declared order; for `Sql` 0 where it has the
    /// value named, which alone may be chosen. Other rules do not look at it.
    pub rank: u32,
}

impl Offer<'_> {
    /// Characters of its value.
    pub fn length(&self) -> usize {
        self.value.chars().count()
    }
}

/// An offer that was not chosen, and by what the chosen one beats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beaten<'a> {
    pub offer: Offer<'a>,
    pub by: Criterion,
}

/// The offers that become golden: one, or for `Union` one per distinct value, sorted by value.
/// Empty when there are no offers, and for `Sql` when no offer has the value named.
pub fn choose<'a>(rule: Rule, offers: &[Offer<'a>]) -> Vec<Offer<'a>> {
    if let ([_] | [], true) = (offers, rule != Rule::Sql) {
        return offers.to_vec();
    }
    let judge = Judge::new(rule, offers);
    match rule {
        Rule::Union => {
            let mut all = offers.to_vec();
            all.sort_by(|a, b| a.value.cmp(b.value).then_with(|| judge.compare(a, b).0));
            all.dedup_by(|later, first| later.value == first.value);
            all
        }
        _ => {
            let eligible = offers.iter().filter(|offer| rule != Rule::Sql || offer.rank == 0);
            eligible.min_by(|a, b| judge.compare(a, b).0).copied().into_iter().collect()
        }
    }
}

/// The offers of other values than the chosen one, the best first, each with what it lost by.
/// None for `Union`, which takes every value.
pub fn beaten<'a>(rule: Rule, offers: &[Offer<'a>], chosen: &[Offer<'a>]) -> Vec<Beaten<'a>> {
    let (true, [chosen]) = (rule != Rule::Union, chosen) else { return Vec::new() };
    let judge = Judge::new(rule, offers);
    let others = offers.iter().filter(|offer| offer.value != chosen.value);
    let mut beaten: Vec<Beaten<'a>> =
        others.map(|offer| Beaten { offer: *offer, by: judge.compare(chosen, offer).1 }).collect();
    beaten.sort_by(|a, b| judge.compare(&a.offer, &b.offer).0);
    beaten
}

/// How many of the offers have each value.
pub fn frequencies<'a>(offers: &[Offer<'a>]) -> FxHashMap<&'a str, u32> {
    let mut counts = FxHashMap::default();
    offers.iter().for_each(|offer| *counts.entry(offer.value).or_default() += 1);
    counts
}

/// Compares offers by a rule.
struct Judge<'a> {
    rule: Rule,
    /// For `MostFrequent` alone.
    counts: FxHashMap<&'a str, u32>,
}

impl<'a> Judge<'a> {
    fn new(rule: Rule, offers: &[Offer<'a>]) -> Judge<'a> {
        let counts = match rule {
            Rule::MostFrequent => frequencies(offers),
            _ => FxHashMap::default(),
        };
        Judge { rule, counts }
    }

    /// Less when the first is better, and by which criterion they differ.
    fn compare(&self, a: &Offer<'a>, b: &Offer<'a>) -> (Ordering, Criterion) {
        let by = |criterion: &Criterion| match criterion {
            Criterion::Rank => a.rank.cmp(&b.rank),
            Criterion::Trust => Reverse(a.trust).cmp(&Reverse(b.trust)),
            Criterion::Recency => Reverse(a.changed).cmp(&Reverse(b.changed)),
            Criterion::Frequency => {
                Reverse(self.counts.get(a.value)).cmp(&Reverse(self.counts.get(b.value)))
            }
            Criterion::Length => Reverse(a.length()).cmp(&Reverse(b.length())),
            Criterion::Record => (a.record, a.value).cmp(&(b.record, b.value)),
        };
        let criteria = self.rule.criteria().iter();
        let mut found = criteria.map(|criterion| (by(criterion), *criterion));
        found.find(|(ordering, _)| ordering.is_ne()).unwrap_or((Ordering::Equal, Criterion::Record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERS: [Offer; 4] = [
        Offer { record: 0, value: "Bob", trust: 1, changed: Some(5), rank: 2 },
        Offer { record: 1, value: "Robert", trust: 2, changed: None, rank: 1 },
        Offer { record: 2, value: "Bob", trust: 1, changed: Some(9), rank: 0 },
        Offer { record: 3, value: "Rob", trust: 2, changed: Some(1), rank: 1 },
    ];

    fn chosen(rule: Rule) -> Vec<u32> {
        choose(rule, &OFFERS).iter().map(|o| o.record).collect()
    }

    #[test]
    fn each_rule_chooses_by_its_own_measure() {
        assert_eq!(chosen(Rule::MostTrusted), [3]);
        assert_eq!(chosen(Rule::MostRecent), [2]);
        assert_eq!(chosen(Rule::MostFrequent), [0]);
        assert_eq!(chosen(Rule::Longest), [1]);
        assert_eq!(chosen(Rule::First), [2]);
        assert_eq!(chosen(Rule::Union), [0, 3, 1]);
        assert_eq!(chosen(Rule::Sql), [2]);
        assert!(choose(Rule::Longest, &[]).is_empty());
    }

    #[test]
    fn an_expression_that_names_nothing_chooses_nothing() {
        assert!(choose(Rule::Sql, &OFFERS[..2]).is_empty());
        assert!(beaten(Rule::Sql, &OFFERS[..2], &[]).is_empty());
    }

    #[test]
    fn who_loses_is_told_by_what() {
        let lost = |rule| {
            let chosen = choose(rule, &OFFERS);
            let beaten = beaten(rule, &OFFERS, &chosen);
            beaten.iter().map(|b| (b.offer.record, b.by)).collect::<Vec<_>>()
        };
        use Criterion::*;
        assert_eq!(lost(Rule::MostTrusted), [(1, Recency), (2, Trust), (0, Trust)]);
        assert_eq!(lost(Rule::MostRecent), [(3, Recency), (1, Recency)]);
        assert_eq!(lost(Rule::MostFrequent), [(1, Frequency), (3, Frequency)]);
        assert_eq!(lost(Rule::Longest), [(3, Length), (0, Length), (2, Length)]);
        assert_eq!(lost(Rule::First), [(3, Rank), (1, Rank)]);
        assert_eq!(lost(Rule::Union), []);
    }

    /// A few offers, different for each seed.
    fn random(seed: u32) -> Vec<Offer<'static>> {
        let draw = |n: u32, below: u32| {
            let mixed = (seed * 31 + n).wrapping_mul(2_654_435_761);
            (mixed ^ mixed >> 15).wrapping_mul(2_246_822_519) % below
        };
        let offer = |record: u32| Offer {
            record,
            value: ["Ann", "Anna", "Bo"][draw(record, 3) as usize],
            trust: draw(record + 100, 2) as i32,
            changed: [None, Some(1), Some(2)][draw(record + 200, 3) as usize],
            rank: draw(record + 300, 2),
        };
        (0..1 + seed % 6).map(offer).collect()
    }

    #[test]
    fn what_is_chosen_is_offered_beats_all_others_and_depends_on_no_order() {
        for (seed, rule) in (0..500).flat_map(|seed| Rule::ALL.map(|rule| (seed, rule))) {
            let mut offers = random(seed);
            let found = choose(rule, &offers);
            assert!(found.iter().all(|chosen| offers.contains(chosen)), "{rule:?} {offers:?}");
            let may_be_none = rule == Rule::Sql && offers.iter().all(|o| o.rank > 0);
            assert_eq!(found.is_empty(), may_be_none, "{rule:?} {offers:?}");
            let lost = beaten(rule, &offers, &found);
            let same = |o: &&Offer| found.iter().any(|chosen| chosen.value == o.value);
            let agreeing = offers.iter().filter(same).count();
            if !found.is_empty() {
                assert_eq!(agreeing + lost.len(), offers.len(), "{rule:?} {offers:?}");
            }
            for Beaten { offer, by } in &lost {
                assert!(rule.criteria().contains(by));
                let pair = choose(rule, &[*offer, found[0]]);
                let alone = rule != Rule::MostFrequent;
                assert!(!alone || pair == found, "{rule:?}: {offer:?} wins alone");
            }
            offers.reverse();
            assert_eq!(choose(rule, &offers), found, "{rule:?} {offers:?}");
            assert_eq!(beaten(rule, &offers, &found), lost, "{rule:?} {offers:?}");
        }
    }
}
