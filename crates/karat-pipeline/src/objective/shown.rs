//! Figures of objectives for people.

use karat_chart::count;
use karat_rules::objective::{Dimension, Goal};

/// A share in percent, rounded towards the worse, so that what falls short never looks complete;
/// or days.
pub fn figure(dimension: Dimension, value: Option<f64>) -> String {
    let Some(value) = value else { return "none".to_owned() };
    let hundredths = value * 1e4;
    // What is meant to be a whole hundredth of a percent is not rounded away from it.
    let is_whole = (hundredths - hundredths.round()).abs() < 1e-6;
    let shown = |rounded: f64| format!("{:.2} %", rounded / 100.0);
    match dimension {
        Dimension::Timeliness => days(value),
        _ if is_whole => shown(hundredths.round()),
        Dimension::Uniqueness => shown(hundredths.ceil()),
        _ => shown(hundredths.floor()),
    }
}

fn days(value: f64) -> String {
    let rounded = (value * 10.0 - 1e-6).ceil() / 10.0;
    match rounded {
        1.0 => "1 day".to_owned(),
        whole if whole.fract() == 0.0 => format!("{whole:.0} days"),
        part => format!("{part:.1} days"),
    }
}

/// What has to be reached: `≥ 95.00 %`.
pub fn target(goal: &Goal) -> String {
    let sign = match goal.dimension {
        Dimension::Timeliness => "≤",
        Dimension::Uniqueness => "<",
        _ => "≥",
    };
    format!("{sign} {}", figure(goal.dimension, Some(goal.target)))
}

/// How much of the error budget is spent.
pub fn spent(spent: f64) -> String {
    match spent {
        spent if spent.is_infinite() => "all: none is allowed".to_owned(),
        spent if spent > 99.995 => "over 9,999 %".to_owned(),
        spent => format!("{} %", count((spent * 100.0 - 1e-6).ceil() as u64)),
    }
}
