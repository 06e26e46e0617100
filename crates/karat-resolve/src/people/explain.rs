//! Why two records are, or are not, taken for one person: a part for each field, names in one.

use super::People;
use super::learned::Learned;
use super::weigh::Weigher;
use crate::explanation::{Explanation, Part, Values};
use crate::linkage::MISSING;
use crate::linkage::model::probability_of;

impl People<'_> {
    /// Explains a pair of records by a model that fits; values are as they are compared. Order
    /// does not matter but to say which value is whose.
    pub fn explain(&self, learned: &Learned, a: u32, b: u32) -> Explanation {
        let weigher = Weigher::new(&self.table, learned);
        let [a, b] = [a, b].map(|record| self.table.numbers[record as usize]);
        let evidence = weigher.evidence(a, b);
        let (apart, corrections) = weigher.total_and_corrections(&evidence);
        let total = weigher.total(&evidence);
        let part = |at: usize| {
            let comparison = self.table.comparison(at).to_owned();
            let (left, right) = (self.text(at, a), self.text(at, b));
            let (level, gamma) = self.level(at, a, b);
            Part {
                values: vec![Values { column: comparison.clone(), left, right }],
                comparison,
                level,
                gamma,
                weight: if evidence[at].is_nan() { 0.0 } else { f64::from(evidence[at]) },
                adjustment: 0.0 - f64::from(corrections[at]),
            }
        };
        let mut parts: Vec<Part> = (0..self.table.width).map(part).collect();
        parts.extend(weigher.unlike(&evidence).map(|unlike| household(unlike, total - apart)));
        Explanation {
            parts,
            prior: f64::from(weigher.prior),
            total: f64::from(total),
            probability: probability_of(f64::from(total)),
        }
    }

    /// The value of a field; of a name its words, the rarest first.
    fn text(&self, at: usize, record: u32) -> Option<String> {
        let value = self.table.row(record)[at];
        if value == MISSING {
            return None;
        }
        match (self.table.compared.get(at), &self.table.names) {
            (Some(compared), _) => Some(compared.values.text(value)),
            (None, Some(names)) => {
                let words = names.words(value).iter().map(|word| names.bytes(*word));
                Some(String::from_utf8_lossy(&words.collect::<Vec<_>>().join(&b' ')).into_owned())
            }
            (None, None) => None,
        }
    }

    /// The level that a pair reaches, and its gamma if it has one.
    fn level(&self, at: usize, a: u32, b: u32) -> (String, Option<i32>) {
        let (p, q) = (self.table.row(a)[at], self.table.row(b)[at]);
        if p == MISSING || q == MISSING {
            return ("missing".to_owned(), Some(-1));
        }
        let compared = self.table.compared.get(at);
        match (compared, self.table.named(a), self.table.named(b)) {
            (Some(compared), _, _) => {
                let (levels, level) = (compared.values.levels(), compared.values.nearest(p, q));
                let gamma = levels.len() as i32 - 1 - i32::from(level);
                (levels[usize::from(level)].0.to_owned(), Some(gamma))
            }
            (None, Some((names, left)), Some((_, right))) => {
                let found = names.align(left, right);
                let parts = [
                    (found.exact, "the same"),
                    (found.fuzzy, "misspelt"),
                    (found.prefix, "a beginning"),
                    (found.absent, "absent"),
                ];
                let some = parts.iter().filter(|(words, _)| *words > 0);
                let some = some.map(|(words, how)| format!("{words} {how}"));
                (some.collect::<Vec<_>>().join(", "), None)
            }
            _ => (String::new(), None),
        }
    }
}

/// What is taken off because two people of one household could look like this.
fn household(unlike: f32, weight: f32) -> Part {
    Part {
        comparison: "household".to_owned(),
        level: format!("one person against two of one household: {unlike:+.1}"),
        gamma: None,
        weight: f64::from(weight),
        adjustment: 0.0,
        values: Vec::new(),
    }
}
