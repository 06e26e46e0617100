//! A check from its declaration: everything wrong with its keys is found in one pass.

use serde_json::{Map, Value};

use super::expectation::{ALL, Argument, Expectation, Is, Kind, named};
use super::{Arguments, Check, Declared, Fault, Severity};

/// Keys of a check that are no arguments.
const SETTINGS: [&str; 5] = ["expect", "name", "severity", "weight", "description"];

/// Reads a check. Its name is empty where none is given.
///
/// # Errors
/// Every key that is unknown, missing or not of its kind.
pub fn read(declared: &Declared) -> Result<Check, Vec<Fault>> {
    let expectation = expectation(declared).map_err(|fault| vec![fault])?;
    let mut faults = Vec::new();
    let known = || expectation.arguments.iter().chain(expectation.common());
    for (key, value) in declared.iter().filter(|(key, _)| !SETTINGS.contains(&key.as_str())) {
        match known().find(|argument| argument.name == key) {
            Some(argument) => faults.extend(misfit(argument, value)),
            None => {
                let names: Vec<&str> = known().map(|argument| argument.name).collect();
                let what = format!("{} has no argument {key}", expectation.name);
                faults.push(Fault::new(key, what, format!("it takes {}", names.join(", "))));
            }
        }
    }
    let is_missing = |argument: &&Argument| declared.get(argument.name).is_none_or(Value::is_null);
    for argument in known().filter(|a| a.required).filter(is_missing) {
        let what = format!("{} needs {}", expectation.name, argument.name);
        faults.push(Fault::new(
            "expect",
            what,
            format!("write {} = {}", argument.name, example(argument.is)),
        ));
    }
    let arguments: Map<String, Value> = declared
        .iter()
        .filter(|(key, value)| !SETTINGS.contains(&key.as_str()) && !value.is_null())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let arguments = Arguments(arguments);
    if faults.is_empty() {
        faults.extend(together(expectation, &arguments));
    }
    let (severity, weight) = settings(declared, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let text = |key: &str| declared.get(key).and_then(Value::as_str).map(str::to_owned);
    let (name, description) = (text("name").unwrap_or_default(), text("description"));
    Ok(Check { name, expectation, arguments, severity, weight, description })
}

fn expectation(declared: &Declared) -> Result<&'static Expectation, Fault> {
    let hint = "name what is expected: expect = \"column_values_to_not_be_null\"";
    let Some(name) = declared.get("expect").and_then(Value::as_str) else {
        return Err(Fault::new("expect", "a check says what it expects", hint));
    };
    named(name).ok_or_else(|| {
        let near = |name: &str| {
            let words: Vec<&str> = name.split('_').collect();
            let best = ALL.iter().max_by_key(|e| {
                let shared = e.name.split('_').filter(|w| words.contains(w)).count();
                (shared, usize::MAX - e.name.len())
            });
            best.map_or(String::new(), |e| format!("did you mean {}?", e.name))
        };
        Fault::new("expect", format!("there is no expectation {name:?}"), near(name))
    })
}

fn settings(declared: &Declared, faults: &mut Vec<Fault>) -> (Severity, f64) {
    let severity = match declared.get("severity").map(Value::as_str) {
        None | Some(Some("warn")) => Severity::Warn,
        Some(Some("block")) => Severity::Block,
        Some(_) => {
            let what = "severity must be \"block\" or \"warn\"";
            faults.push(Fault::new("severity", what, "write severity = \"block\""));
            Severity::Warn
        }
    };
    let weight = declared.get("weight").map_or(Some(1.0), Value::as_f64);
    if weight.is_none_or(|weight| !(0.0..=1e6).contains(&weight)) {
        let what = "weight must be a number that is not negative";
        faults.push(Fault::new("weight", what, "write weight = 2"));
    }
    for key in ["name", "description"] {
        let value = declared.get(key);
        if value.is_some_and(|value| value.as_str().is_none_or(|text| text.trim().is_empty())) {
            let what = format!("{key} must be a text");
            faults.push(Fault::new(key, what, format!("write {key} = \"...\"")));
        }
    }
    (severity, weight.unwrap_or(1.0))
}

fn misfit(argument: &Argument, value: &Value) -> Option<Fault> {
    if value.is_null() {
        return None;
    }
    let name = argument.name;
    if name == "mostly" && !value.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)) {
        return Some(Fault::new(name, "mostly is a share of rows", "write a number from 0 to 1"));
    }
    let what = format!("{name} must be {}", kind(argument.is));
    let hint = format!("write {name} = {}", example(argument.is));
    (!fits(argument.is, value)).then(|| Fault::new(name, what, hint))
}

fn fits(is: Is, value: &Value) -> bool {
    let is_scalar = |v: &Value| v.is_string() || v.is_number() || v.is_boolean();
    let all = |test: &dyn Fn(&Value) -> bool| value.as_array().is_some_and(|a| a.iter().all(test));
    let list = |key: &str| value[key].as_array();
    match is {
        Is::Text => value.as_str().is_some_and(|text| !text.is_empty()),
        Is::Texts => all(&Value::is_string) && !value.as_array().is_some_and(Vec::is_empty),
        Is::Scalar => is_scalar(value),
        Is::Scalars => all(&|v| is_scalar(v) || v.is_null()),
        Is::Number => value.is_number(),
        Is::Count => value.as_u64().is_some(),
        Is::Truth => value.is_boolean(),
        Is::Pairs => {
            all(&|v| v.as_array().is_some_and(|pair| pair.len() == 2 && pair.iter().all(is_scalar)))
        }
        Is::Quantiles => match (list("quantiles"), list("value_ranges")) {
            (Some(quantiles), Some(ranges)) => {
                let is_quantile = |q: &Value| q.as_f64().is_some_and(|q| (0.0..=1.0).contains(&q));
                let is_range = |r: &Value| r.as_array().is_some_and(|r| r.len() == 2);
                quantiles.len() == ranges.len()
                    && !quantiles.is_empty()
                    && quantiles.iter().all(is_quantile)
                    && ranges.iter().all(is_range)
            }
            _ => false,
        },
        Is::Partition => match (list("values"), list("weights")) {
            (Some(values), Some(weights)) => {
                let is_weight = |w: &Value| w.as_f64().is_some_and(|w| w > 0.0);
                values.len() == weights.len()
                    && !values.is_empty()
                    && values.iter().all(is_scalar)
                    && weights.iter().all(is_weight)
            }
            _ => false,
        },
        Is::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
    }
}

fn kind(is: Is) -> String {
    match is {
        Is::Text => "a text".to_owned(),
        Is::Texts => "a list of texts".to_owned(),
        Is::Scalar => "a number or a text".to_owned(),
        Is::Scalars => "a list of values".to_owned(),
        Is::Number => "a number".to_owned(),
        Is::Count => "a whole number that is not negative".to_owned(),
        Is::Truth => "true or false".to_owned(),
        Is::Pairs => "a list of pairs".to_owned(),
        Is::Quantiles => "as many quantiles from 0 to 1 as ranges".to_owned(),
        Is::Partition => "as many values as weights above 0".to_owned(),
        Is::Word(words) => format!("one of {}", words.join(", ")),
    }
}

fn example(is: Is) -> &'static str {
    match is {
        Is::Text => "\"...\"",
        Is::Texts => "[\"...\", \"...\"]",
        Is::Scalar | Is::Number | Is::Count => "1",
        Is::Scalars => "[1, 2]",
        Is::Truth => "true",
        Is::Pairs => "[[1, \"a\"], [2, \"b\"]]",
        Is::Quantiles => "{ quantiles = [0.5], value_ranges = [[1, 9]] }",
        Is::Partition => "{ values = [\"a\", \"b\"], weights = [0.5, 0.5] }",
        Is::Word(words) => words[0],
    }
}

/// What is wrong although each argument by itself is right.
fn together(expectation: &Expectation, arguments: &Arguments) -> Option<Fault> {
    let has = |key: &str| arguments.value(key).is_some();
    let takes = |key: &str| expectation.arguments.iter().any(|a| a.name == key);
    if takes("min_value") && !has("min_value") && !has("max_value") {
        let what = format!("{} without min_value and max_value expects nothing", expectation.name);
        return Some(Fault::new("expect", what, "give one of them, or both"));
    }
    if let (Some(low), Some(high)) = (arguments.number("min_value"), arguments.number("max_value"))
        && low > high
    {
        return Some(Fault::new("min_value", "min_value is above max_value", "exchange them"));
    }
    let columns = arguments.columns();
    match expectation.kind {
        Kind::Fresh if has("max_days") == has("max_hours") => {
            Some(Fault::new("expect", "fresh needs max_days or max_hours", "write max_days = 30"))
        }
        kind if kind.is_anomaly() => anomaly(arguments),
        Kind::CompoundUnique | Kind::UniqueWithinRecord if columns.len() < 2 => {
            let what = format!("{} is about several columns", expectation.name);
            Some(Fault::new("column_list", what, "name two columns or more"))
        }
        _ => None,
    }
}

/// What is wrong with how a check of an anomaly asks.
fn anomaly(arguments: &Arguments) -> Option<Fault> {
    let rate = arguments.number("false_alarms");
    if rate.is_some_and(|rate| !(MOST_CERTAIN..=0.5).contains(&rate)) {
        let what = "false_alarms is the share of runs that may be false alarms";
        let hint = "write a number from 0.000001 to 0.5; 0.01 is the standard";
        return Some(Fault::new("false_alarms", what, hint));
    }
    let days = arguments.number("history");
    if days.is_some_and(|days| !(3.0..=90.0).contains(&days)) {
        let what = "history is the number of days that a baseline needs";
        return Some(Fault::new("history", what, "write a whole number from 3 to 90"));
    }
    let is_share = |value: &Value| value.as_f64().is_some_and(|share| share > 0.0 && share < 1.0);
    let quantiles = arguments.value("quantiles").and_then(Value::as_array)?;
    (quantiles.is_empty() || !quantiles.iter().all(is_share)).then(|| {
        let what = "quantiles are shares between 0 and 1";
        Fault::new("quantiles", what, "write quantiles = [0.1, 0.5, 0.9]")
    })
}

/// Rates below are beyond what the approximation can promise.
const MOST_CERTAIN: f64 = 0.000_001;
