//! How a declared model is estimated: what the prior rests on, the sessions of expectation
//! maximisation, and the sample of random pairs.

use karat_resolve::linkage::model::BlockingRule;

use super::arguments::Arguments;
use super::blocking;

/// About as many random pairs are drawn to estimate u, unless told otherwise; Splink's default.
const MAX_PAIRS: i64 = 1_000_000;

/// What training a model goes by.
#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    /// The probability that two random records match, over 0 and at most 1, where it is not to be
    /// estimated.
    pub prior: Option<f64>,
    /// Rules that find hardly anything but matches; the prior is estimated from them.
    pub sure: Vec<BlockingRule>,
    /// The share of all matches that the sure rules are thought to find, over 0 and at most 1.
    pub recall: f64,
    /// The rules whose pairs expectation maximisation learns from, one session each.
    pub sessions: Vec<BlockingRule>,
    pub seed: u64,
    /// How many random pairs u is estimated from, about.
    pub max_pairs: u64,
    /// The field that says who is who where that is known.
    pub labels: Option<String>,
    /// Whether sessions take what people decided about pairs as it is.
    pub decisions: bool,
}

impl Default for Training {
    fn default() -> Training {
        Training {
            prior: None,
            sure: Vec::new(),
            recall: 1.0,
            sessions: Vec::new(),
            seed: 1,
            max_pairs: MAX_PAIRS as u64,
            labels: None,
            decisions: false,
        }
    }
}

/// Reads `[training]`, which may be missing.
pub(super) fn read(args: &Arguments<'_>) -> Training {
    let Some(section) = args.section.table("training") else { return Training::default() };
    let args = &Arguments { section: &section, fields: args.fields };
    let usual = Training::default();
    let found = Training {
        prior: args.probability("prior"),
        sure: blocking::rules(args, "sure"),
        recall: args.probability("recall").unwrap_or(usual.recall),
        sessions: blocking::rules(args, "sessions"),
        seed: section.number("seed", 0..i64::MAX).map_or(usual.seed, |n| n as u64),
        max_pairs: section.number("max_pairs", 1..i64::MAX).map_or(usual.max_pairs, |n| n as u64),
        labels: section.text("labels"),
        decisions: section.truth("decisions").unwrap_or(usual.decisions),
    };
    if let Some(field) = &found.labels {
        args.knows("labels", field);
    }
    if section.has("prior") && section.has("sure") {
        let what = "the prior is given or estimated from sure rules, not both";
        section.wrong("prior", what, "leave out prior, or else sure and recall");
    }
    if section.has("recall") && !section.has("sure") {
        section.missing("sure", "recall says how many matches the rules in sure find");
    }
    section.done();
    found
}
