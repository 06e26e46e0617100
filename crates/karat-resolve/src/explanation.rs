//! Why two records are, or are not, taken for one entity: what each comparison adds to the prior,
//! so that a table or a waterfall can be drawn from the prior to the total.

/// What all comparisons say about two records. `prior` and then, part by part, weight and
/// adjustment add up to `total`.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    pub parts: Vec<Part>,
    /// The match weight before anything is known, in bits.
    pub prior: f64,
    /// The match weight of the pair, in bits; not a number where a comparison of a model has no
    /// level for it.
    pub total: f64,
    /// The probability of `total`.
    pub probability: f64,
}

/// What one comparison says about two records.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub comparison: String,
    /// The level reached; for names how the words of the shorter are found in the longer.
    pub level: String,
    /// The level as a number: -1 where a value is missing, else from 0 for the level of all that
    /// is left up to the best. None for names, and where no level holds.
    pub gamma: Option<i32>,
    /// The match weight of the level in bits; 0 where a value is missing.
    pub weight: f64,
    /// What is added to it in bits: in a model for how rare the value is; in the model for people
    /// for what the field shares with a stronger one, which is 0 or less.
    pub adjustment: f64,
    /// The columns that are compared.
    pub values: Vec<Values>,
}

/// The values of two records in one column, as text; none where missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values {
    pub column: String,
    pub left: Option<String>,
    pub right: Option<String>,
}
