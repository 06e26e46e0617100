//! How well the detection of anomalies keeps its promise, measured on histories from a seed: false
//! alarms where nothing changed, and planted changes that are found. The figures are those of
//! `docs/anomalies.md`, line by line.

use karat_rules::anomaly::{Day, Known, Measured, Tested, baseline, expected};

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers everywhere.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn share(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// A normal deviate (Box and Muller 1958).
    fn normal(&mut self) -> f64 {
        (-2.0 * self.share().ln()).sqrt() * (std::f64::consts::TAU * self.share()).cos()
    }

    /// Student's t with 3 degrees of freedom: tails far heavier than normal.
    fn heavy(&mut self) -> f64 {
        let squares: f64 = (0..3).map(|_| self.normal().powi(2)).sum();
        self.normal() / (squares / 3.0).sqrt()
    }
}

/// What a kind of history has on a day, in deviations of its noise.
type History = fn(&mut Random, i64) -> f64;

const WEEK: [f64; 7] = [0.0, 2.0, 3.0, 2.0, 1.0, -6.0, -8.0];

/// Kinds of histories, and the shares of false alarms that the test takes where 1 % is promised:
/// from, to, and to after six weeks. Until it is known, a season looks like anomalies.
const HISTORIES: [(&str, History, (f64, f64, f64)); 5] = [
    ("stable", |r, _| r.normal(), (0.005, 0.02, 0.02)),
    ("trend of 0.1 a day", |r, day| r.normal() + 0.1 * day as f64, (0.005, 0.025, 0.025)),
    ("season of the week", |r, day| r.normal() + week(day), (0.005, 0.05, 0.025)),
    ("trend and season", |r, day| r.normal() + 0.1 * day as f64 + week(day), (0.005, 0.05, 0.03)),
    ("heavy tails", |r, _| r.heavy(), (0.01, 0.08, 0.08)),
];

fn week(day: i64) -> f64 {
    WEEK[day.rem_euclid(7) as usize]
}

fn plain(day: i64, value: f64) -> Tested {
    Tested { day, value, measured: Measured::Plain, chance: 0.0 }
}

/// Histories of each kind.
const MANY: usize = 40;

/// The share of false alarms over histories of 90 days that are judged day by day from the eighth
/// on, as runs would be: what was found anomalous stays out of later baselines. Of all these days,
/// and of those after six weeks.
fn false_alarms(history: History, rate: f64) -> [f64; 2] {
    let mut random = Random(20_260_211);
    let (mut judged, mut alarms) = ([0; 2], [0; 2]);
    for _ in 0..MANY {
        let mut runs: Vec<Known<f64>> = Vec::new();
        for today in 0..90 {
            let value = history(&mut random, today);
            let known = baseline(&runs, today, 7);
            let days: Vec<Day> = known.iter().map(|k| Day { day: k.day, value: k.value }).collect();
            let found = expected(&days, &plain(today, value), rate);
            let is_anomalous = days.len() >= 7 && found.is_some_and(|found| found.p < rate);
            runs.push(Known { day: today, value, is_anomalous });
            for (at, from) in [7, 42].into_iter().enumerate() {
                judged[at] += u32::from(today >= from);
                alarms[at] += u32::from(today >= from && is_anomalous);
            }
        }
    }
    [0, 1].map(|at| f64::from(alarms[at]) / f64::from(judged[at]))
}

/// The share of planted changes of `by` deviations that are found after so many days.
fn found(history: History, days: i64, by: f64) -> f64 {
    let mut random = Random(7);
    let trials = 400;
    let finds = |_: &i32| {
        let days_before: Vec<Day> =
            (0..days).map(|day| Day { day, value: history(&mut random, day) }).collect();
        let value = history(&mut random, days) + by;
        expected(&days_before, &plain(days, value), 0.01).is_some_and(|found| found.p < 0.01)
    };
    (0..trials).filter(finds).count() as f64 / f64::from(trials)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn assert_documented(lines: &[String]) {
    let missing: Vec<&String> = lines
        .iter()
        .filter(|line| !include_str!("../../../docs/anomalies.md").contains(*line))
        .collect();
    assert!(missing.is_empty(), "docs/anomalies.md lacks:\n{missing:#?}");
}

#[test]
fn false_alarms_are_as_rare_as_promised() {
    let mut lines = Vec::new();
    for (name, history, (low, high, later_high)) in HISTORIES {
        let [five, _] = false_alarms(history, 0.05);
        let [one, later] = false_alarms(history, 0.01);
        assert!((low..=high).contains(&one), "{name}: {one}");
        assert!((low..=later_high).contains(&later), "{name} after six weeks: {later}");
        lines.push(format!(
            "| {name} | {} | {} | {} |",
            percent(five),
            percent(one),
            percent(later)
        ));
    }
    assert_documented(&lines);
}

#[test]
fn planted_changes_are_found() {
    let mut lines = Vec::new();
    for (name, history, ..) in HISTORIES {
        let cells = [7, 14, 28, 60].map(|days| {
            let [four, eight] = [4.0, -8.0].map(|by| found(history, days, by));
            assert!(eight >= four, "{name} after {days} days");
            format!("{} / {}", percent(four), percent(eight))
        });
        lines.push(format!("| {name} | {} |", cells.join(" | ")));
    }
    assert_documented(&lines);
    let stable = HISTORIES[0].1;
    assert!(found(stable, 28, 8.0) >= 0.99);
    assert!(found(stable, 7, 8.0) >= 0.5);
    assert!(found(HISTORIES[2].1, 28, -8.0) >= 0.95, "a season hides nothing");
}

#[test]
fn counts_and_shares_of_rows_raise_no_more_alarms_than_promised() {
    // Rows that come by chance alone, and missing values that do: both deviate by chance only.
    let mut random = Random(11);
    let mut binomial =
        |n: u32, p: f64| f64::from((0..n).filter(|_| random.share() < p).count() as u32);
    let (mut alarms, trials) = ([0; 2], 400);
    for _ in 0..trials {
        let counts: Vec<Day> = (0..14).map(|day| Day { day, value: binomial(400, 0.5) }).collect();
        let shares: Vec<Day> =
            (0..14).map(|day| Day { day, value: binomial(300, 0.05) / 300.0 }).collect();
        let count =
            Tested { day: 14, value: binomial(400, 0.5), measured: Measured::Count, chance: 1.0 };
        let share = Tested {
            day: 14,
            value: binomial(300, 0.05) / 300.0,
            measured: Measured::Share,
            chance: 1.0 / 300f64.sqrt(),
        };
        for (at, (days, tested)) in [(counts, count), (shares, share)].iter().enumerate() {
            alarms[at] += u32::from(expected(days, tested, 0.05).is_some_and(|e| e.p < 0.05));
        }
    }
    for alarms in alarms {
        assert!(f64::from(alarms) / f64::from(trials) <= 0.06, "{alarms} of {trials}");
    }
}

#[test]
fn the_bounds_are_where_alarms_begin() {
    let values = [98.0, 103.0, 101.0, 97.0, 100.0, 102.0, 99.0, 100.5];
    let days: Vec<Day> =
        values.into_iter().zip(0..).map(|(value, day)| Day { day, value }).collect();
    for measured in [Measured::Plain, Measured::Count] {
        let of = |value: f64| {
            let tested = Tested { day: 8, value, measured, chance: 0.1 };
            expected(&days, &tested, 0.01).expect("there are days")
        };
        let (low, high) = of(100.0).bounds(0.01);
        assert!(of(low + 1e-6).p >= 0.01 && of(low - 1e-6).p < 0.01, "{low}");
        assert!(of(high - 1e-6).p >= 0.01 && of(high + 1e-6).p < 0.01, "{high}");
    }
}
