//! Taking measures of two values, only as far as some threshold needs.

use super::columns::MISSING;
use super::table::{Mark, Table, Values};
use super::test::{Enough, How, Measure};
use crate::condition::Value;
use crate::text;

/// A measure, with what rejects most pairs before it is taken.
#[derive(Debug)]
pub(crate) struct Measuring {
    pub measure: Measure,
    /// `need[(a * LONG + b) * 5 + p]`: how many bytes texts of lengths a and b with p bytes of
    /// common prefix must have in common for the measure to be of interest.
    need: Vec<u8>,
    /// What stands for a measure that is of no interest.
    beyond: f64,
}

/// Texts from this length on are always measured.
const LONG: usize = 40;

/// More than any short text has.
const NEVER: u8 = u8::MAX;

impl Measuring {
    pub fn new(measure: Measure) -> Measuring {
        let beyond = match measure.enough {
            Enough::Exact => f64::NAN,
            Enough::Above(_) => f64::NEG_INFINITY,
            Enough::Below(_) => f64::INFINITY,
        };
        let mut measuring = Measuring { measure, need: Vec::new(), beyond };
        if measuring.can_reject() {
            let lengths = (0..LONG).flat_map(|a| (0..LONG).map(move |b| (a, b)));
            let need = lengths.flat_map(|(a, b)| [0, 1, 2, 3, 4].map(|p| (a, b, p)));
            measuring.need = need.map(|(a, b, p)| measuring.need(a, b, p)).collect();
        }
        measuring
    }

    fn can_reject(&self) -> bool {
        matches!(
            (self.measure.how, self.measure.enough),
            (How::JaroWinkler | How::Jaro, Enough::Above(_))
                | (How::Levenshtein | How::DamerauLevenshtein, Enough::Below(_))
        )
    }

    fn need(&self, a: usize, b: usize, prefix: usize) -> u8 {
        let of_interest = |common: &u8| {
            let common = u32::from(*common);
            match (self.measure.how, self.measure.enough) {
                (How::JaroWinkler, Enough::Above(least)) => {
                    text::jaro_winkler_with_prefix_at_most(a, b, common, prefix) >= least
                }
                (How::Jaro, Enough::Above(least)) => text::jaro_at_most(a, b, common) >= least,
                (_, Enough::Below(most)) => {
                    f64::from(text::levenshtein_at_least(a, b, common)) <= most
                }
                _ => true,
            }
        };
        (0..LONG as u8).find(of_interest).unwrap_or(NEVER)
    }

    /// The measure of two values that are there.
    #[inline]
    pub fn take(&self, table: &Table, l: u32, r: u32) -> f64 {
        let left = &table.columns[self.measure.left as usize];
        let right = &table.columns[self.measure.right as usize];
        if !self.need.is_empty() && self.rejects(&left.marks[l as usize], &right.marks[r as usize])
        {
            return self.beyond;
        }
        self.take_all(left, right, (l, r))
    }

    #[inline]
    fn rejects(&self, left: &Mark, right: &Mark) -> bool {
        let (a, b) = (left.length as usize, right.length as usize);
        if a >= LONG || b >= LONG {
            return false;
        }
        let need = self.need[(a * LONG + b) * 5 + left.prefix(right)];
        left.signature.common_at_most(right.signature) < u32::from(need)
    }

    #[inline(never)]
    fn take_all(&self, left: &Values, right: &Values, (l, r): (u32, u32)) -> f64 {
        debug_assert!(l != MISSING && r != MISSING);
        let (a, b) = (left.bytes(l), right.bytes(r));
        match self.measure.how {
            How::Distance => (left.numbers[l as usize] - right.numbers[r as usize]).abs(),
            How::Shared => shared(&left.dictionary.value(l), &right.dictionary.value(r)),
            How::JaroWinkler => text::jaro_winkler(a, b),
            How::Jaro => text::jaro(a, b),
            How::Levenshtein => match self.measure.enough {
                Enough::Below(most) if most < 3.0 => {
                    self.within(most, |most| text::levenshtein_within(a, b, most))
                }
                _ => f64::from(text::levenshtein(a, b)),
            },
            How::DamerauLevenshtein => match self.measure.enough {
                Enough::Below(most) if most < 3.0 => {
                    self.within(most, |most| text::damerau_levenshtein_within(a, b, most))
                }
                _ => f64::from(text::damerau_levenshtein(a, b)),
            },
            // DuckDB stops at empty texts; here they are like nothing.
            How::Jaccard => text::jaccard(a, b).unwrap_or(0.0),
        }
    }

    /// The smallest limit, up to `most`, that a distance keeps within.
    fn within(&self, most: f64, keeps: impl Fn(u32) -> bool) -> f64 {
        let limit = (0..=most.max(0.0) as u32).find(|limit| keeps(*limit));
        limit.map_or(self.beyond, f64::from)
    }
}

/// How many distinct elements two lists share; missing ones are shared by none.
fn shared(a: &Value, b: &Value) -> f64 {
    let (Value::List(a), Value::List(b)) = (a, b) else { return 0.0 };
    let distinct = a.iter().enumerate().filter(|(i, x)| **x != Value::Null && !a[..*i].contains(x));
    distinct.filter(|(_, x)| b.contains(x)).count() as f64
}
