//! Whether days have a season of the week, by a test that a few wild days do not move.

use super::baseline::Day;
use super::student::normal_tail;

/// A season has to be seen this often, over so many weeks.
pub const WEEKS: usize = 3;

/// A season is believed where chance would show one in so few histories without. Being surer would
/// take longer than a month to see that weekends alone differ.
const SURE: f64 = 0.05;

/// The weekday of a day.
pub fn weekday(day: i64) -> i64 {
    day.rem_euclid(7)
}

/// Kruskal and Wallis' test over the weekdays that were seen often enough (JASA 47, 1952), with the
/// correction for equal values; its distribution is taken as chi-squared.
pub fn is_seasonal(days: &[Day]) -> bool {
    let of = |one: i64| days.iter().filter(move |day| weekday(day.day) == one);
    let groups: Vec<i64> = (0..7).filter(|one| of(*one).count() >= WEEKS).collect();
    let mut all: Vec<(f64, i64)> =
        groups.iter().flat_map(|one| of(*one).map(|day| (day.value, *one))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let n = all.len() as f64;
    let (mut sums, mut ties, mut before) = ([0.0; 7], 0.0, 0.0);
    for equal in all.chunk_by(|a, b| a.0 == b.0) {
        let many = equal.len() as f64;
        // The mean of the ranks that they share.
        equal.iter().for_each(|(_, one)| sums[*one as usize] += before + f64::midpoint(1.0, many));
        ties += many.powi(3) - many;
        before += many;
    }
    let of_group = |one: &i64| sums[*one as usize].powi(2) / of(*one).count() as f64;
    let squares: f64 = groups.iter().map(of_group).sum();
    let h = 12.0 / (n * (n + 1.0)) * squares - 3.0 * (n + 1.0);
    let h = h / (1.0 - ties / (n.powi(3) - n));
    groups.len() >= 2 && h.is_finite() && chi_tail(h, groups.len() as f64 - 1.0) < SURE
}

/// The probability that chi-squared is above `x` (Wilson and Hilferty, PNAS 17, 1931).
fn chi_tail(x: f64, freedom: f64) -> f64 {
    let part = 2.0 / (9.0 * freedom);
    let z = ((x.max(0.0) / freedom).cbrt() - (1.0 - part)) / part.sqrt();
    let half = normal_tail(z.abs()) / 2.0;
    if z > 0.0 { half } else { 1.0 - half }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_are_a_season_and_noise_is_none() {
        let days = |weeks: i64, of: &dyn Fn(i64) -> f64| -> Vec<Day> {
            (0..weeks * 7).map(|day| Day { day, value: of(day) }).collect()
        };
        let noise = |day: i64| (day * 37 % 101) as f64 / 50.0;
        let week = |day: i64| if weekday(day) >= 5 { -8.0 } else { 0.0 };
        assert!(is_seasonal(&days(4, &|day| noise(day) + week(day))));
        let each = |day: i64| weekday(day) as f64 * 9.0;
        assert!(is_seasonal(&days(3, &|day| noise(day) + each(day))));
        assert!(!is_seasonal(&days(2, &|day| noise(day) + week(day))), "too short");
        assert!(!is_seasonal(&days(6, &noise)));
        assert!(!is_seasonal(&days(6, &|_| 5.0)));
        let wild = |day: i64| if day == 9 { 1e6 } else { noise(day) };
        assert!(!is_seasonal(&days(6, &wild)));
    }

    #[test]
    fn chi_squared_is_that_of_the_tables() {
        for (x, freedom, p) in [(12.592, 6.0, 0.05), (16.812, 6.0, 0.01), (9.210, 2.0, 0.01)] {
            assert!((chi_tail(x, freedom) / p - 1.0).abs() < 0.03, "{x} {freedom}");
        }
    }
}
