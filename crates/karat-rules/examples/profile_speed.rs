//! Nanoseconds that the profile of a column takes per value: the best of some rounds over columns
//! like those of a table of events.
#![expect(clippy::print_stdout, reason = "an example prints its figures")]

use std::time::Instant;

use karat_rules::profile::ColumnProfile;

const ROUNDS: usize = 3;
const VALUES: u64 = 200_000;

/// A name, and the text of a row.
type Texts = (&'static str, fn(u64) -> String);

const COLUMNS: [Texts; 8] = [
    ("number, unique", |n| n.to_string()),
    ("code, 50,000", |n| format!("acct-{:06}", scattered(n) % 50_000)),
    ("word, 6", |n| ["Ankara", "Berlin", "São Paulo", "Lagos"][(scattered(n) % 4) as usize].into()),
    ("text, unique", |n| format!("note {} of the day, {}", n % 1000, scattered(n))),
    ("decimal", |n| format!("{}.{:02}", scattered(n) % 10_000, n % 100)),
    ("timestamp", |n| format!("2025-07-{:02} 10:{:02}:00.{:03}+00", 1 + n % 28, n % 60, n % 1000)),
    ("json", |n| format!("{{\"v\": {}, \"tag\": \"t{}\"}}", scattered(n) % 1000, n % 20)),
    ("e-mail, unique", |n| format!("person.{n}@example.com")),
];

fn main() {
    for (name, text) in COLUMNS {
        let texts: Vec<String> = (0..VALUES).map(text).collect();
        let best = (0..ROUNDS).map(|_| round(&texts)).fold(f64::INFINITY, f64::min);
        println!("{name:<16} {best:>7.1} ns");
    }
}

fn round(texts: &[String]) -> f64 {
    let since = Instant::now();
    let mut profile = ColumnProfile::default();
    for (row, text) in (0..).zip(texts) {
        profile.add(row, Some(text));
    }
    assert_eq!(profile.rows, VALUES);
    since.elapsed().as_nanos() as f64 / VALUES as f64
}

/// Numbers that look random and are the same in every run.
fn scattered(n: u64) -> u64 {
    n.wrapping_mul(6_364_136_223_846_793_005) >> 33
}
