//! Conditions over columns instead of expressions: a tree, as it was written.

use super::table::Operand;
use crate::condition::Bound;

/// A condition over a pair of records.
pub(crate) enum Test {
    /// Holds whatever the records are.
    Always,
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

/// A number about a value of the left record and one of the right.
#[derive(Clone, Debug)]
pub(crate) struct Measure {
    pub how: How,
    pub left: u16,
    pub right: u16,
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
