//! Thresholds of times: how far apart, in which unit, and how the texts are read.

use karat_resolve::condition::Literal;
use karat_resolve::condition::comparisons::TimeInput;
use karat_resolve::condition::library::{Metric, TimeDifference};

use super::arguments::{Arguments, Bounds};
use crate::project::section::one_of;

const METRICS: [(&str, Metric); 6] = [
    ("second", Metric::Second),
    ("minute", Metric::Minute),
    ("hour", Metric::Hour),
    ("day", Metric::Day),
    ("month", Metric::Month),
    ("year", Metric::Year),
];

/// A threshold with its unit.
pub(super) type Step = (Literal, Metric);

/// The threshold of one level.
pub(super) fn difference(args: &Arguments<'_>) -> Option<TimeDifference> {
    let section = args.section;
    let threshold = args.threshold("threshold", Bounds::Amount);
    if !section.has("metric") {
        section.missing("metric", "the unit of the threshold: metric = \"day\"");
    }
    let metric = section.choice("metric", &METRICS);
    let (input_is_string, format) = texts(args);
    Some(TimeDifference { threshold: threshold?, metric: metric?, input_is_string, format })
}

/// How the texts of a comparison are read.
pub(super) fn input(args: &Arguments<'_>) -> TimeInput {
    let (input_is_string, format) = texts(args);
    let invalid_as_null = args.section.truth("invalid_dates_as_null").unwrap_or(true);
    TimeInput { input_is_string, format, invalid_as_null }
}

/// Fields hold texts, so that these are read unless told otherwise.
fn texts(args: &Arguments<'_>) -> (bool, Option<String>) {
    let is_text = args.section.truth("input_is_string").unwrap_or(true);
    (is_text, args.section.text("datetime_format"))
}

/// The thresholds of a comparison, each with its unit.
pub(super) fn steps(
    args: &Arguments<'_>,
    (thresholds, metrics): (&'static str, &'static str),
    default: &[(i64, Metric)],
) -> Option<Vec<Step>> {
    let usual: Vec<Literal> = default.iter().map(|(threshold, _)| (*threshold).into()).collect();
    let found = args.thresholds(thresholds, Bounds::Amount, &usual);
    let units = units(args, metrics, default);
    let (found, units) = (found?, units?);
    if found.len() != units.len() {
        let what = format!(
            "there are {} numbers in {thresholds} and {} units in {metrics}",
            found.len(),
            units.len()
        );
        let key = if args.section.has(metrics) { metrics } else { thresholds };
        args.section.wrong(key, what, "give each threshold its unit");
        return None;
    }
    Some(found.into_iter().zip(units).collect())
}

fn units(
    args: &Arguments<'_>,
    key: &'static str,
    default: &[(i64, Metric)],
) -> Option<Vec<Metric>> {
    let section = args.section;
    let Some(words) = section.texts(key) else {
        if !section.has(key) && default.is_empty() {
            section.missing(key, &format!("the units of the thresholds: {key} = [\"day\"]"));
        }
        let usual = default.iter().map(|(_, metric)| *metric).collect();
        return (!section.has(key) && !default.is_empty()).then_some(usual);
    };
    let names: Vec<&str> = METRICS.iter().map(|(name, _)| *name).collect();
    let unit = |word: &String| {
        let found = METRICS.iter().find(|(name, _)| name == word).map(|(_, metric)| *metric);
        if found.is_none() {
            section.wrong(key, format!("{word:?} is no unit of time"), &one_of(word, &names));
        }
        found
    };
    let found: Vec<_> = words.iter().map(unit).collect();
    found.into_iter().collect()
}
