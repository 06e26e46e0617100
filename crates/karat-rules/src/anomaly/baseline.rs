//! The days that a number is compared with, and what they say of the tested day.

use super::season::{WEEKS, is_seasonal, weekday};
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
/// ones left out. What stays anomalous is what is usual from then on: `needed` days without
/// exception, which are where the baseline begins, or a weekday that was anomalous half of the
/// time, of three weeks at least.
/// `runs` are in the order in which they ran.
pub fn baseline<T: Clone>(runs: &[Known<T>], today: i64, needed: usize) -> Vec<Known<T>> {
    let mut days: Vec<Known<T>> = Vec::new();
    for run in runs.iter().filter(|run| run.day < today) {
        days.retain(|known| known.day != run.day);
        days.push(run.clone());
    }
    days.sort_by_key(|known| known.day);
    let mut is_usual: Vec<bool> = days.iter().map(|known| !known.is_anomalous).collect();
    let shift = shift(&days, needed);
    for one in 0..7 {
        let of_day: Vec<usize> =
            (0..days.len()).filter(|at| weekday(days[*at].day) == one).collect();
        let anomalous = of_day.iter().filter(|at| days[**at].is_anomalous).count();
        if of_day.len() >= WEEKS && anomalous * 2 >= of_day.len() {
            of_day.iter().for_each(|at| is_usual[*at] = true);
        }
    }
    let (start, end) = shift.unwrap_or((0, 0));
    is_usual[start..end].fill(true);
    let kept = days.into_iter().zip(is_usual).skip(start).filter(|(_, is_usual)| *is_usual);
    kept.map(|(known, _)| known).collect()
}

/// From where to where the last `needed` days or more are that are anomalous without exception.
fn shift<T>(days: &[Known<T>], needed: usize) -> Option<(usize, usize)> {
    let mut end = 0;
    let mut last = None;
    for run in days.chunk_by(|a, b| a.is_anomalous == b.is_anomalous) {
        end += run.len();
        if run[0].is_anomalous && run.len() >= needed {
            last = Some((end - run.len(), end));
        }
    }
    last
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

/// None of no days.
pub(super) fn model(days: &[Day], today: i64, false_alarms: f64) -> Option<Model> {
    let slope = slope(days);
    let level: Vec<Day> = days
        .iter()
        .map(|d| Day { day: d.day, value: d.value - slope * (d.day - today) as f64 })
        .collect();
    let all = values(&level, |_| true);
    let mut centre = median(&mut all.clone())?;
    // Of what is as ever, so many days were taken for anomalies and are not among these: the middle
    // of all is a little above the middle of what is left.
    let middle = 0.5 / (1.0 - false_alarms);
    let mut scale = NORMAL * quantile(&mut from_others(&all), middle).unwrap_or(0.0);
    let season = season(&level, today, middle);
    let has_season = season.is_some();
    if let Some(season) = season {
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

/// Centre and scale by weekday, where there are weeks enough and weekdays differ.
fn season(days: &[Day], today: i64, middle: f64) -> Option<(f64, f64)> {
    let (first, last) = (days.first()?.day, days.last()?.day);
    let mut same = values(days, |day| weekday(day) == weekday(today));
    if last - first + 1 < 7 * WEEKS as i64 || same.len() < WEEKS || !is_seasonal(days) {
        return None;
    }
    let mut off = Vec::new();
    for one in 0..7 {
        let of_day = values(days, |day| weekday(day) == one);
        if of_day.len() >= WEEKS {
            off.extend(from_others(&of_day));
        }
    }
    Some((median(&mut same)?, NORMAL * quantile(&mut off, middle)?))
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
    quantile(values, 0.5)
}

/// The value that a share of the others is below, between two values on the line between them.
fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    let place = share.min(1.0) * values.len().checked_sub(1)? as f64;
    values.sort_by(f64::total_cmp);
    let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
    Some(low + (high - low) * place.fract())
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
        let days = |anomalous: &[i64], today: i64, needed: usize| -> Vec<i64> {
            let run = |day| Known { day, value: (), is_anomalous: anomalous.contains(&day) };
            let runs: Vec<Known<()>> = (0..today).map(run).collect();
            baseline(&runs, today, needed).iter().map(|known| known.day).collect()
        };
        let shift = [8, 9, 10, 11];
        assert_eq!(days(&shift, 12, 4), [8, 9, 10, 11]);
        assert_eq!(days(&shift, 14, 4), [8, 9, 10, 11, 12, 13], "and they stay so");
        assert_eq!(days(&shift, 12, 5), [0, 1, 2, 3, 4, 5, 6, 7]);
        // Three weekends; two are no season yet, and one in three is none.
        assert_eq!(days(&[5, 12], 14, 9).len(), 12);
        assert_eq!(days(&[5, 12, 19], 28, 9).len(), 28);
        assert_eq!(days(&[5, 12, 26], 28, 9).len(), 28);
        assert_eq!(days(&[5, 30], 33, 9).len(), 31);
    }

    #[test]
    fn differences_are_from_the_median_of_the_others() {
        assert_eq!(from_others(&[1.0, 2.0, 4.0]), [2.0, 0.5, 2.5]);
        assert_eq!(from_others(&[7.0]), [0.0; 0]);
        assert_eq!(median(&mut [3.0, 1.0, 2.0, 10.0]), Some(2.5));
    }
}
