//! The numbers that checks of anomalies compare across runs, and the verdict over all of them.

use serde_json::{Value, json};

use super::{Day, Known, Measured, Tested, baseline, expected};

/// How a check asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The share of runs in which what is as ever may be taken for an anomaly.
    pub false_alarms: f64,
    /// Days that a baseline needs at least.
    pub needed: usize,
}

/// What a run's metric is, beside those of earlier runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Whether it belongs on record: a metric of no rows says nothing.
    pub is_kept: bool,
    pub is_anomalous: bool,
    /// What was found, under `says` as a sentence.
    pub observed: Value,
}

/// One of the numbers of a metric.
struct Number {
    name: String,
    tested: Tested,
    days: Vec<Day>,
}

/// Most categories that are compared; the most frequent ones.
const MOST: usize = 20;

/// Judges a metric against those of earlier runs, which are in the order in which they ran.
///
/// A metric is a number of rows, `{"rows"}`; a share of missing values, `{"rows", "missing"}`;
/// categories, `{"rows", "values": [[value, rows], ...]}`; or quantiles, `{"rows", "quantiles":
/// [[share, value], ...]}`. Of several numbers each may give its part of the false alarms.
pub fn judge(metric: &Value, (runs, today): (&[Known<Value>], i64), settings: &Settings) -> Judged {
    let rows = metric["rows"].as_f64();
    let is_volume = metric.as_object().is_some_and(|m| m.keys().all(|k| k == "rows" || k == "day"));
    let Some(rows) = rows.filter(|rows| *rows > 0.0 || is_volume) else {
        return verdict("nothing", "there is nothing to compare", (false, false), json!({}));
    };
    let days = baseline(runs, today, settings.needed);
    let known = days.len();
    if known < settings.needed {
        let says = format!("not enough history: {known} of {}", settings.needed);
        return verdict("short", &says, (true, false), json!({ "metric": metric }));
    }
    let numbers = numbers(metric, rows, (&days, today));
    let rate = settings.false_alarms / numbers.len().max(1) as f64;
    let found = numbers.iter().filter_map(|n| Some((n, expected(&n.days, &n.tested, rate)?)));
    let Some((number, worst)) = found.min_by(|(_, a), (_, b)| a.p.total_cmp(&b.p)) else {
        return verdict("nothing", "there is nothing to compare", (false, false), json!({}));
    };
    let is_anomalous = worst.p < rate;
    let bounds = worst.bounds(rate);
    let word = if is_anomalous { "anomaly" } else { "usual" };
    let says = match (is_anomalous, numbers.len()) {
        (false, many @ 2..) => format!("{many} numbers are as usual"),
        _ => sentence(number, bounds),
    };
    let detail = json!({
        "of": number.name,
        "value": number.tested.value,
        "expected": worst.value,
        "low": bounds.0,
        "high": bounds.1,
        // Of several numbers: as if there were this one.
        "p": (worst.p * numbers.len() as f64).min(1.0),
        "days": worst.days,
        "trend": worst.has_trend,
        "season": worst.has_season,
    });
    verdict(word, &says, (true, is_anomalous), detail)
}

fn verdict(word: &str, says: &str, (is_kept, is_anomalous): (bool, bool), detail: Value) -> Judged {
    let mut observed = json!({ "says": says, "verdict": word });
    for (key, value) in detail.as_object().into_iter().flatten() {
        observed[key] = value.clone();
    }
    Judged { is_kept, is_anomalous, observed }
}

fn sentence(number: &Number, (low, high): (f64, f64)) -> String {
    let shown = |value: f64| match number.tested.measured {
        Measured::Count => format!("{value:.0}"),
        Measured::Share => format!("{:.2} %", value * 100.0),
        Measured::Plain => format!("{value}"),
    };
    let [low, high] = match number.tested.measured {
        Measured::Count => [low.ceil(), high.floor()],
        _ => [low, high],
    };
    let (value, low, high) = (shown(number.tested.value), shown(low), shown(high));
    format!("{} {value}, expected {low} to {high}", number.name)
}

fn numbers(metric: &Value, rows: f64, (days, today): (&[Known<Value>], i64)) -> Vec<Number> {
    let number = |name: String, of: &dyn Fn(&Value) -> Option<f64>, kind: (Measured, f64)| {
        let (measured, chance) = kind;
        let tested = Tested { day: today, value: of(metric)?, measured, chance };
        let day = |known: &Known<Value>| Some(Day { day: known.day, value: of(&known.value)? });
        Some(Number { name, tested, days: days.iter().filter_map(day).collect() })
    };
    let by_chance = (Measured::Share, 1.0 / rows.sqrt());
    let found = if metric["values"].is_array() {
        let names = categories(metric, days).into_iter();
        let of = |name: String| {
            let share = |m: &Value| Some(rows_of(m, &name) / m["rows"].as_f64()?);
            number(format!("share of {name}"), &share, by_chance)
        };
        names.map(of).collect::<Vec<_>>()
    } else if let Some(quantiles) = metric["quantiles"].as_array() {
        let floor = spread(days) * LEAST_MOVE;
        let of = |at: usize, share: &Value| {
            let value = move |m: &Value| m["quantiles"][at][1].as_f64();
            number(format!("quantile {share}"), &value, (Measured::Plain, floor))
        };
        quantiles.iter().enumerate().map(|(at, q)| of(at, &q[0])).collect()
    } else if metric["missing"].is_number() {
        let share = |m: &Value| Some(m["missing"].as_f64()? / m["rows"].as_f64()?);
        vec![number("share of missing values".to_owned(), &share, by_chance)]
    } else {
        vec![number("rows".to_owned(), &|m| m["rows"].as_f64(), (Measured::Count, 1.0))]
    };
    found.into_iter().flatten().collect()
}

/// Of the distance from the lowest to the highest quantile, what a quantile moves by chance.
const LEAST_MOVE: f64 = 0.01;

/// The usual distance from the lowest to the highest quantile.
fn spread(days: &[Known<Value>]) -> f64 {
    let of = |known: &Known<Value>| {
        let values = known.value["quantiles"].as_array()?.iter().map(|q| q[1].as_f64());
        let values: Vec<f64> = values.collect::<Option<_>>()?;
        let low = values.iter().copied().reduce(f64::min)?;
        Some(values.iter().copied().reduce(f64::max)? - low)
    };
    let mut found: Vec<f64> = days.iter().filter_map(of).collect();
    super::baseline::median(&mut found).unwrap_or(0.0)
}

/// The values that are most frequent in the days or the tested run, by name.
fn categories(metric: &Value, days: &[Known<Value>]) -> Vec<String> {
    let mut shares: std::collections::BTreeMap<&str, f64> = std::collections::BTreeMap::new();
    let runs = days.iter().map(|known| &known.value);
    for run in runs.chain([metric]) {
        let rows = run["rows"].as_f64().unwrap_or(0.0).max(1.0);
        for value in run["values"].as_array().into_iter().flatten() {
            let (Some(name), Some(n)) = (value[0].as_str(), value[1].as_f64()) else { continue };
            let share = shares.entry(name).or_default();
            *share = share.max(n / rows);
        }
    }
    let mut names: Vec<(&str, f64)> = shares.into_iter().collect();
    names.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    names.truncate(MOST);
    names.into_iter().map(|(name, _)| name.to_owned()).collect()
}

fn rows_of(metric: &Value, name: &str) -> f64 {
    let values = metric["values"].as_array().into_iter().flatten();
    let of = values.filter(|value| value[0] == name);
    of.filter_map(|value| value[1].as_f64()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: Settings = Settings { false_alarms: 0.01, needed: 7 };

    fn runs(metrics: impl IntoIterator<Item = Value>) -> Vec<Known<Value>> {
        let known = |(value, day)| Known { day, value, is_anomalous: false };
        metrics.into_iter().zip(0..).map(known).collect()
    }

    fn says(metric: &Value, runs: &[Known<Value>]) -> (bool, String) {
        let judged = judge(metric, (runs, runs.len() as i64), &SETTINGS);
        (judged.is_anomalous, judged.observed["says"].as_str().unwrap_or("?").to_owned())
    }

    #[test]
    fn a_short_history_says_so_and_is_no_anomaly() {
        let runs = runs((0..4).map(|_| json!({ "rows": 10 })));
        let found = says(&json!({ "rows": 90_000 }), &runs);
        assert_eq!(found, (false, "not enough history: 4 of 7".to_owned()));
    }

    #[test]
    fn rows_are_compared_with_days_and_with_chance() {
        let same = runs((0..7).map(|_| json!({ "rows": 1000 })));
        assert_eq!(
            says(&json!({ "rows": 1050 }), &same),
            (false, "rows 1050, expected 921 to 1083".to_owned())
        );
        assert!(says(&json!({ "rows": 1100 }), &same).0, "beyond chance, and no day did so");
        let wild = runs([900, 1100, 1000, 950, 1050, 980, 1010].map(|n| json!({ "rows": n })));
        assert!(!says(&json!({ "rows": 1100 }), &wild).0, "days did so before");
        assert!(says(&json!({ "rows": 0 }), &wild).0);
    }

    #[test]
    fn shares_categories_and_quantiles_name_what_moved() {
        let share = |missing: u64| json!({ "rows": 1000, "missing": missing });
        let days = runs([50, 52, 48, 51, 49, 50, 47, 53].map(share));
        assert!(!says(&share(54), &days).0);
        let (is_anomalous, text) = says(&share(150), &days);
        assert!(is_anomalous && text.starts_with("share of missing values 15.00 %, "), "{text}");
        assert_eq!(
            says(&json!({ "rows": 0, "missing": 0 }), &days).1,
            "there is nothing to compare"
        );

        let of = |a: u64| json!({ "rows": 1000, "values": [["a", a], ["b", 1000 - a]] });
        let days = runs([700, 705, 695, 702, 698, 700, 703, 697].map(of));
        assert_eq!(says(&of(701), &days), (false, "2 numbers are as usual".to_owned()));
        let new = json!({ "rows": 1000, "values": [["a", 680], ["b", 290], ["c", 30]] });
        let (is_anomalous, text) = says(&new, &days);
        assert!(
            is_anomalous && text.starts_with("share of c 3.00 %, expected 0.00 % to"),
            "{text}"
        );

        let of = |m: f64| json!({ "rows": 9, "quantiles": [[0.25, 1.0], [0.5, m], [0.75, 3.0]] });
        let days = runs([2.0, 2.01, 1.99, 2.0, 2.02, 1.98, 2.0].map(of));
        assert!(!says(&of(2.01), &days).0);
        let (is_anomalous, text) = says(&of(2.9), &days);
        assert!(is_anomalous && text.starts_with("quantile 0.5 2.9, expected"), "{text}");
    }
}
