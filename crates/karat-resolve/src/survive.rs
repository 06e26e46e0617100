//! Survivorship: which of several values becomes the golden one. Ties end at the record with
//! the smallest number, so that the answer is always the same.

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
    /// All values, each once, sorted.
    Union,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Rule; 5] =
        [Rule::MostTrusted, Rule::MostRecent, Rule::MostFrequent, Rule::Longest, Rule::Union];

    /// Its name in entity files.
    pub fn name(self) -> &'static str {
        match self {
            Rule::MostTrusted => "most_trusted",
            Rule::MostRecent => "most_recent",
            Rule::MostFrequent => "most_frequent",
            Rule::Longest => "longest",
            Rule::Union => "union",
        }
    }

    /// The rule of that name.
    pub fn named(name: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.name() == name)
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
}

/// The offers that become golden: one, or for `Union` one per distinct value, sorted by value.
/// Empty only when there are no offers.
pub fn choose<'a>(rule: Rule, offers: &[Offer<'a>]) -> Vec<Offer<'a>> {
    use std::cmp::Reverse;
    let best = match rule {
        Rule::MostTrusted => {
            offers.iter().min_by_key(|o| (Reverse(o.trust), Reverse(o.changed), o.record))
        }
        Rule::MostRecent => {
            offers.iter().min_by_key(|o| (Reverse(o.changed), Reverse(o.trust), o.record))
        }
        Rule::Longest => offers
            .iter()
            .min_by_key(|o| (Reverse(o.value.chars().count()), Reverse(o.trust), o.record)),
        Rule::MostFrequent => {
            let count = |o: &Offer| offers.iter().filter(|x| x.value == o.value).count();
            offers.iter().min_by_key(|o| (Reverse(count(o)), Reverse(o.trust), o.record))
        }
        Rule::Union => return union(offers),
    };
    best.into_iter().copied().collect()
}

fn union<'a>(offers: &[Offer<'a>]) -> Vec<Offer<'a>> {
    use std::cmp::Reverse;
    let mut all = offers.to_vec();
    all.sort_by_key(|o| (o.value, Reverse(o.trust), o.record));
    all.dedup_by(|later, first| later.value == first.value);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERS: [Offer; 4] = [
        Offer { record: 0, value: "Bob", trust: 1, changed: Some(5) },
        Offer { record: 1, value: "Robert", trust: 2, changed: None },
        Offer { record: 2, value: "Bob", trust: 1, changed: Some(9) },
        Offer { record: 3, value: "Rob", trust: 2, changed: Some(1) },
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
        assert_eq!(chosen(Rule::Union), [0, 3, 1]);
        assert!(choose(Rule::Longest, &[]).is_empty());
    }
}
