//! The days that a number is compared with, and what they say of the tested day.

use super::trend::slope;

/// The number of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Day {
    /// Days since 1970-01-01.
    pub day: i64,
    pub value: f64,
}

/// What is on record of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known<T> {
    /// Days since 1970-01-01.
    pub day: i64,
    pub value: T,
    /// Whether it was found to be an anomaly.
    pub is_anomalous: bool,
}

/// The days that a run of day `today` is compared with: of each earlier day the last run, anomalous
/// ones left out. Where the latest `needed` days are anomalous without exception, they are what is
/// usual now, and the baseline. `runs` are in the order in which they ran.
pub fn baseline<T: Clone>(runs: &[Known<T>], today: i64, needed: usize) -> Vec<Known<T>> {
    let mut days: Vec<Known<T>> = Vec::new();
    for run in runs.iter().filter(|run| run.day < today) {
        days.retain(|known| known.day != run.day);
        days.push(run.clone());
    }
    days.sort_by_key(|known| known.day);
    let latest = days.iter().rev().take_while(|known| known.is_anomalous).count();
    if latest >= needed.max(1) {
        return days.split_off(days.len() - latest);
    }
    days.retain(|known| !known.is_anomalous);
    days
}

/// What days say of the tested one.
pub(super) struct Model {
    pub centre: f64,
    /// By how much a day differs from what the others say of it.
    pub scale: f64,
    pub has_trend: bool,
    pub has_season: bool,
}

/// The scale of a normal distribution is so many of its median absolute deviations.
const NORMAL: f64 = 1.4826;

/// A season has to be seen this often, over so many days.
const WEEKS: usize = 3;

/// A season is believed where it leaves less than this of the scale.
const WORTH: f64 = 0.6;

/// None of no days.
pub(super) fn model(days: &[Day], today: i64) -> Option<Model> {
    let slope = slope(days);
    let level: Vec<Day> = days
        .iter()
        .map(|d| Day { day: d.day, value: d.value - slope * (d.day - today) as f64 })
        .collect();
    let all = values(&level, |_| true);
    let mut centre = median(&mut all.clone())?;
    let mut scale = NORMAL * median(&mut from_others(&all)).unwrap_or(0.0);
    let season = season(&level, today);
    let has_season = season.is_some_and(|(_, of_season)| of_season < WORTH * scale);
    if let Some(season) = season.filter(|_| has_season) {
        (centre, scale) = season;
    }
    let has_trend = slope != 0.0;
    if has_trend {
        scale *= beyond(days, today);
    }
    Some(Model { centre, scale, has_trend, has_season })
}

/// By what a trend makes a day ahead less certain than one amidst the days: as for a straight line
/// of least squares, √(1 + (t - mean)² / Σ (tᵢ - mean)²).
fn beyond(days: &[Day], today: i64) -> f64 {
    let at: Vec<f64> = days.iter().map(|d| (d.day - today) as f64).collect();
    let mean = at.iter().sum::<f64>() / at.len() as f64;
    let squares: f64 = at.iter().map(|t| (t - mean).powi(2)).sum();
    (1.0 + mean.powi(2) / squares).sqrt()
}

/// Centre and scale by weekday, where there are weeks enough.
fn season(days: &[Day], today: i64) -> Option<(f64, f64)> {
    let (first, last) = (days.first()?.day, days.last()?.day);
    let mut same = values(days, |day| weekday(day) == weekday(today));
    if last - first + 1 < 7 * WEEKS as i64 || same.len() < WEEKS {
        return None;
    }
    let mut off = Vec::new();
    for one in 0..7 {
        let of_day = values(days, |day| weekday(day) == one);
        if of_day.len() >= WEEKS {
            off.extend(from_others(&of_day));
        }
    }
    Some((median(&mut same)?, NORMAL * median(&mut off)?))
}

fn weekday(day: i64) -> i64 {
    day.rem_euclid(7)
}

fn values(days: &[Day], wanted: impl Fn(i64) -> bool) -> Vec<f64> {
    days.iter().filter(|d| wanted(d.day)).map(|d| d.value).collect()
}

/// By how much each value differs from the median of the others.
fn from_others(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let others = sorted.len().saturating_sub(1);
    if others == 0 {
        return Vec::new();
    }
    let off = |at: usize| {
        let other = |place: usize| sorted[place + usize::from(place >= at)];
        let middle = f64::midpoint(other((others - 1) / 2), other(others / 2));
        (sorted[at] - middle).abs()
    };
    (0..sorted.len()).map(off).collect()
}

/// The middle value; none of no values.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    values.sort_by(f64::total_cmp);
    Some(f64::midpoint(values[last / 2], values[last.div_ceil(2)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_and_anomalies_are_out_of_the_baseline_and_the_last_run_of_a_day_counts() {
        let run = |day, value, is_anomalous| Known { day, value, is_anomalous };
        let runs = [
            run(1, 10, false),
            run(2, 11, false),
            run(2, 12, false),
            run(3, 99, true),
            run(4, 13, false),
            run(5, 14, false),
        ];
        let found = |today, needed| -> Vec<i32> {
            baseline(&runs, today, needed).iter().map(|known| known.value).collect()
        };
        assert_eq!(found(5, 3), [10, 12, 13]);
        assert_eq!(found(4, 2), [10, 12], "one anomaly is not what is usual");
        assert_eq!(found(4, 1), [99]);
        assert_eq!(found(1, 3), [0; 0]);
    }

    #[test]
    fn days_that_stay_anomalous_become_what_is_usual() {
        let runs: Vec<Known<i64>> =
            (0..12).map(|day| Known { day, value: day, is_anomalous: day >= 8 }).collect();
        let days = |needed| baseline(&runs, 12, needed).iter().map(|k| k.day).collect::<Vec<_>>();
        assert_eq!(days(4), [8, 9, 10, 11]);
        assert_eq!(days(5), [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn differences_are_from_the_median_of_the_others() {
        assert_eq!(from_others(&[1.0, 2.0, 4.0]), [2.0, 0.5, 2.5]);
        assert_eq!(from_others(&[7.0]), [0.0; 0]);
        assert_eq!(median(&mut [3.0, 1.0, 2.0, 10.0]), Some(2.5));
    }
}
