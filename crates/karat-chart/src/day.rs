//! Days on an axis, counted from 1970-01-01. Source of the calendar's formulas: Howard Hinnant,
//! "chrono-compatible low-level date algorithms".

use crate::scale::Tick;

/// Steps between ticks: so many days, or so many months.
enum Step {
    Days(i64),
    Months(i64),
}

const STEPS: [Step; 14] = [
    Step::Days(1),
    Step::Days(2),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(24),
    Step::Months(60),
    Step::Months(120),
    Step::Months(600),
    Step::Months(1200),
];

/// The farthest day that has a date here: those of the years 0 to 9999.
const FARTHEST: f64 = 2_932_896.0;

/// A day as `2021-01-31`, with the time where it is not midnight; beyond the calendar the number.
pub fn shown(x: f64) -> String {
    if !(-719_528.0..=FARTHEST).contains(&x) {
        return crate::number::number(x);
    }
    let (year, month, day) = civil(x.floor() as i64);
    let minutes = ((x - x.floor()) * 1440.0).round() as i64;
    match minutes {
        0 | 1440 => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", minutes / 60, minutes % 60),
    }
}

/// At most `wanted` ticks between two days, at the beginnings of days, weeks (Mondays), months or
/// years.
pub fn ticks(low: f64, high: f64, wanted: usize) -> Vec<Tick> {
    let (low, high) = (low.max(-719_528.0), high.min(FARTHEST));
    let found = STEPS.iter().map(|step| step.between(low, high));
    let mut last = Vec::new();
    for ticks in found {
        if ticks.len() <= wanted.max(2) {
            return ticks;
        }
        last = ticks;
    }
    last
}

impl Step {
    fn between(&self, low: f64, high: f64) -> Vec<Tick> {
        let (first, last) = (low.ceil() as i64, high.floor() as i64);
        let tick = |day: i64, length: usize| {
            let label = shown(day as f64).chars().take(length).collect();
            Tick { value: day as f64, label }
        };
        match self {
            Step::Days(days) if last - first > 40 * days => {
                // Far too many to be asked for.
                vec![tick(first, 10); 41]
            }
            Step::Days(days) => {
                // 1970-01-05 was a Monday.
                let from = first + (4 - first).rem_euclid(*days);
                (from..=last).step_by(*days as usize).map(|day| tick(day, 10)).collect()
            }
            Step::Months(months) => {
                let (year, month, day) = civil(first);
                let of = year * 12 + month - 1 + i64::from(day > 1);
                let from = of + (-of).rem_euclid(*months);
                let length = if months % 12 == 0 { 4 } else { 7 };
                let day = |month: i64| days_from(month.div_euclid(12), month.rem_euclid(12) + 1);
                let every = (from..).step_by(*months as usize).map(day);
                every.take_while(|day| *day <= last).map(|day| tick(day, length)).collect()
            }
        }
    }
}

/// Year, month and day.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The first day of a month from 1 to 12.
fn days_from(year: i64, month: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    year.div_euclid(400) * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, wanted: usize) -> String {
        let labels: Vec<String> = ticks(low, high, wanted).into_iter().map(|t| t.label).collect();
        labels.join(" ")
    }

    #[test]
    fn ticks_stand_where_days_weeks_months_and_years_begin() {
        let day = |text: &str| {
            let all = (0..40_000).map(f64::from).find(|x| shown(*x) == text);
            all.expect("a day of these years")
        };
        let cases = [
            ("2021-01-01", "2021-01-03", "2021-01-01 2021-01-02 2021-01-03"),
            ("2021-01-01", "2021-01-20", "2021-01-04 2021-01-11 2021-01-18"),
            ("2021-01-01", "2021-03-31", "2021-01 2021-02 2021-03"),
            ("2021-01-02", "2022-12-31", "2021-07 2022-01 2022-07"),
            ("1999-06-01", "2003-02-01", "2000 2001 2002 2003"),
            ("1971-01-01", "2070-01-01", "1980 1990 2000 2010 2020 2030 2040 2050 2060 2070"),
        ];
        for (low, high, expected) in cases {
            let wanted = if expected.len() > 40 { 10 } else { 5 };
            assert_eq!(labels(day(low), day(high), wanted), expected, "{low} to {high}");
        }
    }

    #[test]
    fn a_day_has_its_date_and_a_part_of_it_its_time() {
        let cases = [
            (0.0, "1970-01-01"),
            (-0.5, "1969-12-31 12:00"),
            (18_717.0, "2021-03-31"),
            (f64::NAN, "–"),
            (1e12, "1,000,000,000,000"),
        ];
        for (x, expected) in cases {
            assert_eq!(shown(x), expected);
        }
        for days in -700_000..2_900_000 {
            let (year, month, day) = civil(days);
            assert_eq!(days_from(year, month) + day - 1, days);
        }
    }
}
