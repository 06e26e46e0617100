//! Whether days have a trend, and which: two estimates that a few wild days do not move.

use super::baseline::{Day, median};
use super::student::normal_tail;

/// A trend is believed where chance would show one in so few histories without.
const SURE: f64 = 0.01;

/// Fewer days show no trend that is worth to be believed.
const LEAST: usize = 10;

/// The change per day: the median of the slopes of all pairs of days (Theil 1950; Sen, JASA 63,
/// 1968); 0 where Mann and Kendall's test finds no trend.
pub fn slope(days: &[Day]) -> f64 {
    if days.len() < LEAST || !is_trend(days) {
        return 0.0;
    }
    let mut slopes: Vec<f64> = pairs(days)
        .filter(|(a, b)| a.day != b.day)
        .map(|(a, b)| (b.value - a.value) / (b.day - a.day) as f64)
        .collect();
    median(&mut slopes).unwrap_or(0.0)
}

/// Mann and Kendall's test (Mann, Econometrica 13, 1945), with the correction for equal values.
fn is_trend(days: &[Day]) -> bool {
    let mut score = 0;
    for (at, a) in days.iter().enumerate() {
        for b in &days[at + 1..] {
            score += i32::from(b.value > a.value) - i32::from(b.value < a.value);
        }
    }
    let score = f64::from(score);
    let spread = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0) / 18.0;
    let mut values: Vec<f64> = days.iter().map(|day| day.value).collect();
    values.sort_by(f64::total_cmp);
    let ties: f64 = values.chunk_by(|a, b| a == b).map(|equal| spread(equal.len() as f64)).sum();
    let variance = spread(days.len() as f64) - ties;
    variance > 0.0 && normal_tail((score.abs() - 1.0).max(0.0) / variance.sqrt()) < SURE
}

fn pairs(days: &[Day]) -> impl Iterator<Item = (&Day, &Day)> {
    days.iter().enumerate().flat_map(|(at, a)| days[at + 1..].iter().map(move |b| (a, b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(values: impl IntoIterator<Item = f64>) -> Vec<Day> {
        values.into_iter().zip(0..).map(|(value, day)| Day { day, value }).collect()
    }

    #[test]
    fn a_trend_is_found_through_wild_days_and_none_where_there_is_none() {
        let mut rising: Vec<Day> = days((0..14).map(|n| 100.0 + 3.0 * f64::from(n)));
        rising[4].value = 9000.0;
        assert!((slope(&rising) - 3.0).abs() < 1e-9);
        let saw = days((0..14).map(|n| f64::from(n * 7 % 5)));
        assert_eq!(slope(&saw), 0.0);
        assert_eq!(slope(&days([5.0; 14])), 0.0);
        assert_eq!(slope(&days((0..9).map(f64::from))), 0.0, "too short");
    }
}
