//! Conditions as they are asked of pairs: SQL's three truths over value numbers, with the known
//! measures computed at most once per pair and only as far as some threshold needs.

use super::columns::MISSING;
use super::table::{Operand, Table};
use crate::condition::{Bound, Side, Value};
use crate::text;

/// SQL's truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    No,
    Yes,
    Unknown,
}

/// A condition over a pair of records.
pub(crate) enum Test {
    Always(Truth),
    /// The value is missing.
    Missing(Operand),
    /// Two values of one dictionary are the same.
    Equal(Operand, Operand),
    /// A value that is itself a truth.
    Holds(Operand),
    /// A measure stands so to a bound.
    Measured {
        measure: u16,
        is: Order,
        bound: f64,
    },
    Not(Box<Test>),
    All(Vec<Test>),
    Any(Vec<Test>),
    /// Anything else, over columns by their position.
    Value(Box<Bound>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    AtMost,
    AtLeast,
    More,
    Same,
}

/// A number about two values.
#[derive(Clone, Debug)]
pub(crate) struct Measure {
    pub how: How,
    pub left: Operand,
    pub right: Operand,
    /// The bounds it is held against, all one way: beyond the last of them it need not be exact.
    pub enough: Enough,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    JaroWinkler,
    Jaro,
    Levenshtein,
    DamerauLevenshtein,
    Jaccard,
    /// |left - right|.
    Distance,
    /// How many elements two lists share.
    Shared,
}

/// How exact a measure must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Enough {
    Exact,
    /// Anything below this may be any number below.
    Above(f64),
    /// Anything above this may be any number above.
    Below(f64),
}

/// Measures of the current pair, each taken at most once.
#[derive(Debug)]
pub(crate) struct Scratch {
    pair: u32,
    /// For each measure the pair it was taken of, and what it was.
    taken: Vec<(u32, f64)>,
}

impl Scratch {
    pub fn new(measures: usize) -> Scratch {
        Scratch { pair: 0, taken: vec![(0, 0.0); measures] }
    }

    /// Forgets the last pair.
    #[inline]
    pub fn next_pair(&mut self) {
        self.pair = self.pair.wrapping_add(1);
        if self.pair == 0 {
            self.taken.fill((0, 0.0));
            self.pair = 1;
        }
    }
}

/// Two records, looked at.
pub(crate) struct Look<'a> {
    pub table: &'a Table,
    pub measures: &'a [Measure],
    pub left: &'a [u32],
    pub right: &'a [u32],
}

impl Look<'_> {
    #[inline]
    fn id(&self, operand: Operand) -> u32 {
        let row = if operand.side == Side::Left { self.left } else { self.right };
        row[operand.column as usize]
    }

    /// Whether the condition holds.
    pub fn truth(&self, test: &Test, scratch: &mut Scratch) -> Truth {
        match test {
            Test::Always(truth) => *truth,
            Test::Missing(operand) => yes(self.id(*operand) == MISSING),
            Test::Equal(a, b) => {
                let (a, b) = (self.id(*a), self.id(*b));
                if a == MISSING || b == MISSING { Truth::Unknown } else { yes(a == b) }
            }
            Test::Holds(operand) => match self.id(*operand) {
                MISSING => Truth::Unknown,
                id => yes(self.table.columns[operand.column as usize].truths[id as usize]),
            },
            Test::Measured { measure, is, bound } => self.measured(*measure, *is, *bound, scratch),
            Test::Not(test) => match self.truth(test, scratch) {
                Truth::No => Truth::Yes,
                Truth::Yes => Truth::No,
                Truth::Unknown => Truth::Unknown,
            },
            Test::All(tests) => self.until(tests, Truth::No, Truth::Yes, scratch),
            Test::Any(tests) => self.until(tests, Truth::Yes, Truth::No, scratch),
            Test::Value(bound) => self.evaluated(bound),
        }
    }

    /// `end` if some test says so, else unknown if some does not know, else `otherwise`.
    fn until(&self, tests: &[Test], end: Truth, otherwise: Truth, scratch: &mut Scratch) -> Truth {
        let mut truth = otherwise;
        for test in tests {
            match self.truth(test, scratch) {
                found if found == end => return end,
                Truth::Unknown => truth = Truth::Unknown,
                _ => {}
            }
        }
        truth
    }

    #[inline]
    fn measured(&self, measure: u16, is: Order, bound: f64, scratch: &mut Scratch) -> Truth {
        let how = &self.measures[measure as usize];
        let (l, r) = (self.id(how.left), self.id(how.right));
        if l == MISSING || r == MISSING {
            return Truth::Unknown;
        }
        let taken = &mut scratch.taken[measure as usize];
        if taken.0 != scratch.pair {
            *taken = (scratch.pair, self.take(how, l, r));
        }
        let value = taken.1;
        yes(match is {
            Order::Less => value < bound,
            Order::AtMost => value <= bound,
            Order::AtLeast => value >= bound,
            Order::More => value > bound,
            Order::Same => value == bound,
        })
    }

    fn take(&self, measure: &Measure, l: u32, r: u32) -> f64 {
        let (of_l, of_r) = (
            &self.table.columns[measure.left.column as usize],
            &self.table.columns[measure.right.column as usize],
        );
        match measure.how {
            How::Distance => return (of_l.numbers[l as usize] - of_r.numbers[r as usize]).abs(),
            How::Shared => return shared(&of_l.dictionary.value(l), &of_r.dictionary.value(r)),
            _ => {}
        }
        let (a, b) = (of_l.bytes(l), of_r.bytes(r));
        let common = || of_l.signatures[l as usize].common_at_most(of_r.signatures[r as usize]);
        match (measure.how, measure.enough) {
            (How::JaroWinkler, Enough::Above(least)) => {
                let most = text::jaro_winkler_at_most(a.len(), b.len(), common());
                if most < least { most } else { text::jaro_winkler(a, b) }
            }
            (How::Levenshtein, Enough::Below(most)) => {
                let least = text::levenshtein_at_least(a.len(), b.len(), common());
                if f64::from(least) > most {
                    return f64::from(least);
                }
                f64::from(text::levenshtein(a, b))
            }
            (How::DamerauLevenshtein, Enough::Below(most)) => {
                // Half the Levenshtein distance is a lower bound.
                let least = text::levenshtein_at_least(a.len(), b.len(), common()).div_ceil(2);
                if f64::from(least) > most {
                    return f64::from(least);
                }
                f64::from(text::damerau_levenshtein(a, b))
            }
            (How::JaroWinkler, _) => text::jaro_winkler(a, b),
            (How::Jaro, _) => text::jaro(a, b),
            (How::Levenshtein, _) => f64::from(text::levenshtein(a, b)),
            (How::DamerauLevenshtein, _) => f64::from(text::damerau_levenshtein(a, b)),
            // DuckDB stops at empty texts; here they are like nothing.
            (How::Jaccard, _) => text::jaccard(a, b).unwrap_or(0.0),
            (How::Distance | How::Shared, _) => unreachable!("answered above"),
        }
    }

    fn evaluated(&self, bound: &Bound) -> Truth {
        let column = |side: Side, name: &str| {
            let column = name.parse().expect("compiled conditions name columns by position");
            let id = self.id(Operand { side, column });
            self.table.columns[column as usize].dictionary.value(id)
        };
        match bound.evaluate(&column).and_then(|value| value.truth()) {
            Ok(Some(truth)) => yes(truth),
            // DuckDB would end the query where there is no value at all.
            Ok(None) | Err(_) => Truth::Unknown,
        }
    }
}

#[inline]
fn yes(truth: bool) -> Truth {
    if truth { Truth::Yes } else { Truth::No }
}

/// How many distinct elements two lists share; missing ones are shared by none.
fn shared(a: &Value, b: &Value) -> f64 {
    let (Value::List(a), Value::List(b)) = (a, b) else { return 0.0 };
    let distinct = a.iter().enumerate().filter(|(i, x)| **x != Value::Null && !a[..*i].contains(x));
    distinct.filter(|(_, x)| b.contains(x)).count() as f64
}
