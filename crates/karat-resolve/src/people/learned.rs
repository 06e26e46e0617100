//! What was learned about a set of records: plain numbers, to be stored and looked at.

use serde::{Deserialize, Serialize};

use super::blocks::RuleReport;
use super::household::Household;

/// The estimated model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// One for each field that is no name, in the order of the plan.
    pub fields: Vec<LearnedField>,
    /// Probabilities of a word of the shorter name, if the plan has names: absent from the
    /// other, the same, misspelt, one the beginning of the other. The u of the same is not used:
    /// each word has its own.
    pub name: LearnedField,
    /// The probability that two records are one person, before anything else is known.
    pub lambda: f64,
    /// The match weight, in bits, that two fields' agreement shares; by field, that of names last.
    pub rho: Vec<Vec<f32>>,
    /// Pairs of people of one household, if there are names to tell them apart by.
    pub household: Option<Household>,
    /// Rounds of estimation done, that of `resolve` included.
    pub rounds: u32,
    /// The largest change of an m probability in the last re-estimation.
    pub change: f64,
    /// Whether that was small.
    pub converged: bool,
    /// Candidate pairs, and clusters of more than one record that the last estimation used.
    pub pairs: u64,
    pub clusters: u64,
    pub blocking: Vec<RuleReport>,
}

/// The probabilities of the levels of a field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LearnedField {
    pub name: String,
    pub levels: Vec<String>,
    /// The probability of each level among pairs of one person.
    pub m: Vec<f64>,
    /// And among pairs of two; that of equal values is each value's own, not this one.
    pub u: Vec<f64>,
    /// Pairs counted for m, by weight: those of a cluster of n records weigh 1/(n-1) each.
    pub matches: Vec<f64>,
}
