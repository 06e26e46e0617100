//! Why two records are, or are not, taken for one person: a weight for each field, so that a
//! waterfall can be drawn from the prior to the total.

use super::People;
use super::learned::Learned;
use super::weigh::Weigher;
use crate::linkage::MISSING;
use crate::linkage::model::probability_of;

/// What one field says about two records.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldEvidence {
    pub field: String,
    /// The values as they are compared; none where missing.
    pub left: Option<String>,
    pub right: Option<String>,
    /// The level reached; for names how the words of the shorter are found in the longer.
    pub level: String,
    /// The match weight in bits; 0 where a value is missing.
    pub weight: f32,
    /// What is added for what the field shares with a stronger one: 0 or less.
    pub correction: f32,
}

/// What all fields say about two records. `prior`, and all weights and corrections, add up to
/// `total`.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    pub fields: Vec<FieldEvidence>,
    /// The match weight before anything is known, in bits.
    pub prior: f32,
    pub total: f32,
    /// The probability of `total`.
    pub probability: f64,
}

impl People<'_> {
    /// Explains a pair of records by a model that fits. Order does not matter.
    pub fn explain(&self, learned: &Learned, a: u32, b: u32) -> Explanation {
        let weigher = Weigher::new(&self.table, learned);
        let [a, b] = [a, b].map(|record| self.table.numbers[record as usize]);
        let evidence = weigher.evidence(a, b);
        let (total, corrections) = weigher.total_and_corrections(&evidence);
        let field = |at: usize| {
            let weight = if evidence[at].is_nan() { 0.0 } else { evidence[at] };
            FieldEvidence {
                field: self.table.comparison(at).to_owned(),
                left: self.text(at, a),
                right: self.text(at, b),
                level: self.level(at, a, b),
                weight,
                correction: 0.0 - corrections[at],
            }
        };
        Explanation {
            fields: (0..self.table.width).map(field).collect(),
            prior: weigher.prior,
            total,
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
            (Some(compared), _) => Some(compared.values.texts.text(value).to_owned()),
            (None, Some(names)) => {
                let words = names.words(value).iter().map(|word| names.bytes(*word));
                Some(String::from_utf8_lossy(&words.collect::<Vec<_>>().join(&b' ')).into_owned())
            }
            (None, None) => None,
        }
    }

    fn level(&self, at: usize, a: u32, b: u32) -> String {
        let (p, q) = (self.table.row(a)[at], self.table.row(b)[at]);
        if p == MISSING || q == MISSING {
            return "missing".to_owned();
        }
        let compared = self.table.compared.get(at);
        match (compared, self.table.named(a), self.table.named(b)) {
            (Some(compared), _, _) => {
                let level = compared.values.level(p, q);
                compared.values.levels()[usize::from(level)].0.to_owned()
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
                some.map(|(words, how)| format!("{words} {how}")).collect::<Vec<_>>().join(", ")
            }
            _ => String::new(),
        }
    }
}
