//! What the counts of a check say, as Great Expectations 1.x judges them, and the score of a table.

use serde::Serialize;
use serde_json::Value;

use super::{Check, Kind};

/// The rows of a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rows {
    /// Rows that fulfil the row condition.
    pub elements: u64,
    /// Those of them that are judged: without the missing ones, unless the check is about those.
    pub evaluated: u64,
    /// Those of them that are not as expected.
    pub unexpected: u64,
    /// Those of them that a person has waived.
    pub waived: u64,
}

impl Rows {
    /// Unexpected rows that count.
    pub fn counted(&self) -> u64 {
        self.unexpected.saturating_sub(self.waived)
    }

    /// The share of judged rows that are as expected or waived, from 0 to 1; 1 where none is.
    pub fn share(&self) -> f64 {
        match self.evaluated {
            0 => 1.0,
            n => (n - self.counted().min(n)) as f64 / n as f64,
        }
    }

    /// Unexpected rows in percent of those judged; none where there are no rows at all.
    pub fn unexpected_percent(&self) -> Option<f64> {
        percent(self.unexpected, self.evaluated).or((self.elements > 0).then_some(0.0))
    }

    /// Rows that are not judged, in percent of all.
    pub fn missing_percent(&self) -> Option<f64> {
        percent(self.elements - self.evaluated, self.elements)
    }
}

/// `part` in percent of `whole`; none of nothing.
fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64 * 100.0)
}

/// What became of a check.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Rows(Rows),
    /// A value, and whether it is as expected.
    Value {
        observed: Value,
        holds: bool,
    },
    /// It could not be evaluated, and why.
    Error(String),
}

impl Outcome {
    /// Whether the check holds.
    pub fn passes(&self, check: &Check) -> bool {
        match self {
            Outcome::Rows(rows) => match check.arguments.number("max_outliers") {
                Some(most) => rows.counted() as f64 <= most,
                None => rows.share() >= check.arguments.mostly(),
            },
            Outcome::Value { holds, .. } => *holds,
            Outcome::Error(_) => false,
        }
    }

    /// What the check adds to the score, from 0 to 1: the share of good rows, or all or nothing.
    fn share(&self) -> f64 {
        match self {
            Outcome::Rows(rows) => rows.share(),
            Outcome::Value { holds, .. } => f64::from(u8::from(*holds)),
            Outcome::Error(_) => 0.0,
        }
    }
}

/// The quality score of a table, from 0 to 1: the mean of its checks' shares by their weights.
/// None where nothing weighs anything.
pub fn score<'a>(results: impl IntoIterator<Item = (&'a Check, &'a Outcome)>) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (check, outcome) in results {
        sum += check.weight * outcome.share();
        weights += check.weight;
    }
    (weights > 0.0).then(|| sum / weights)
}

/// The Kullback-Leibler divergence of counted values from the expected partition of a check, in
/// nats, and whether it is within the threshold. `counts` are pairs of a value's text and its
/// rows. Values that nobody expected share the weight that is held out for them; where none is,
/// the divergence is infinite, which shows as null.
pub fn divergence(check: &Check, counts: &[(String, u64)]) -> Outcome {
    debug_assert_eq!(check.expectation.kind, Kind::Divergence);
    let arguments = &check.arguments;
    let partition = arguments.value("partition_object");
    let list = |key: &str| partition.and_then(|p| p[key].as_array()).map_or(&[][..], Vec::as_slice);
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let expected: Vec<(String, f64)> = list("values")
        .iter()
        .zip(list("weights"))
        .map(|(value, weight)| (text(value), weight.as_f64().unwrap_or(0.0)))
        .collect();
    let is_new = |value: &str| !expected.iter().any(|(known, _)| known == value);
    let new = counts.iter().filter(|(value, _)| is_new(value)).count();
    let holdout = match new {
        0 => 0.0,
        _ => arguments.number("tail_weight_holdout").unwrap_or(0.0),
    };
    let of_expected: f64 = expected.iter().map(|(_, weight)| weight * (1.0 - holdout)).sum();
    let all: u64 = counts.iter().map(|(_, n)| n).sum();
    let sum = of_expected + holdout;
    let term = |(value, n): &(String, u64)| {
        let known = expected.iter().find(|(known, _)| known == value);
        let q = known.map_or(holdout / new.max(1) as f64, |(_, w)| w * (1.0 - holdout)) / sum;
        let p = *n as f64 / all as f64;
        p * (p / q).ln()
    };
    let found: f64 = counts.iter().map(term).sum();
    let is_finite = all > 0 && found.is_finite();
    let limit = arguments.number("threshold").unwrap_or(0.0);
    Outcome::Value {
        observed: if is_finite { Value::from(found) } else { Value::Null },
        holds: is_finite && found <= limit,
    }
}
