//! The pages, one file each.

pub mod accounts;
pub mod cluster;
pub mod datasets;
pub mod entities;
pub mod home;
pub mod jobs;
pub mod lineage;
pub mod models;
pub mod outputs;
pub mod quality;
pub mod rejects;
pub mod review;
pub mod runs;
pub mod sign;
pub mod tokens;
pub mod uploads;
pub mod webhooks;

use serde::Deserialize;

/// Lines of a page of a list.
const MANY: u32 = 50;

/// Where a page of a list begins.
#[derive(Deserialize)]
pub struct Before {
    /// The number before which it goes on; the list begins with the last.
    before: Option<i64>,
}

/// The number before which a list goes on after a page, where it may.
fn older<T>(page: &[T], number: impl Fn(&T) -> i64) -> Option<i64> {
    page.last().filter(|_| page.len() == MANY as usize).map(number)
}

// Templates hand what they have over by reference.

/// How long ago something was: `3 min ago`.
fn ago(seconds: &f64) -> String {
    match *seconds {
        s if s < 60.0 => format!("{s:.0} s ago"),
        s if s < 3600.0 => format!("{:.0} min ago", s / 60.0),
        s if s < 172_800.0 => format!("{:.0} h ago", s / 3600.0),
        s => format!("{:.0} days ago", s / 86_400.0),
    }
}

/// How long something took: `350 ms`.
fn took(seconds: &f64) -> String {
    match *seconds {
        s if s < 1.0 => format!("{:.0} ms", s * 1000.0),
        s if s < 100.0 => format!("{s:.1} s"),
        s => format!("{:.0} min", s / 60.0),
    }
}

/// A count with its thousands apart.
fn many(n: &u64) -> String {
    karat_chart::count(*n)
}

/// Bytes for people: `3.2 MB`.
pub fn size(bytes: &u64) -> String {
    match *bytes as f64 {
        b if b < 1e3 => format!("{b:.0} bytes"),
        b if b < 1e6 => format!("{:.0} kB", b / 1e3),
        b if b < 1e9 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.1} GB", b / 1e9),
    }
}

/// What a value of the database reads like.
fn shown(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_the_unit_that_suits_them() {
        let told = [5.0, 90.0, 7200.0, 864_000.0].each_ref().map(ago);
        assert_eq!(told, ["5 s ago", "2 min ago", "2 h ago", "10 days ago"]);
        assert_eq!([0.25, 12.34, 600.0].each_ref().map(took), ["250 ms", "12.3 s", "10 min"]);
    }
}
