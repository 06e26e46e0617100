//! Days, times and timestamps in ISO 8601, as far from today as the stored numbers reach.

use std::fmt::Write;

use karat_record::calendar::civil;

use crate::parquet::form::{Unit, Zone};

const DAY: i64 = 86_400;

impl Unit {
    fn digits(self) -> usize {
        match self {
            Unit::Milli => 3,
            Unit::Micro => 6,
            Unit::Nano => 9,
        }
    }

    /// How many there are in a second.
    fn per_second(self) -> i64 {
        10_i64.pow(self.digits() as u32)
    }
}

/// Writing to a `String` cannot fail, so the results of `write!` are dropped here.
pub(super) fn date(days: i64, room: &mut String) {
    let (year, month, day) = civil(days);
    let sign = if year < 0 { "-" } else { "" };
    let _ = write!(room, "{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs());
}

pub(super) fn time(since_midnight: i64, unit: Unit, room: &mut String) {
    let seconds = since_midnight.div_euclid(unit.per_second());
    clock(seconds, since_midnight.rem_euclid(unit.per_second()), unit, room);
}

pub(super) fn timestamp(since_1970: i64, unit: Unit, zone: Zone, room: &mut String) {
    let seconds = since_1970.div_euclid(unit.per_second());
    moment(seconds, since_1970.rem_euclid(unit.per_second()), unit, room);
    if zone == Zone::Utc {
        room.push('Z');
    }
}

/// A Julian day and the nanoseconds in it, as Impala and old Spark write them.
pub(super) fn julian(day: i64, nanoseconds: i64, room: &mut String) {
    const OF_1970: i64 = 2_440_588;
    let per_second = Unit::Nano.per_second();
    let seconds = (day - OF_1970) * DAY + nanoseconds.div_euclid(per_second);
    moment(seconds, nanoseconds.rem_euclid(per_second), Unit::Nano, room);
}

/// `months`, `days` and `milliseconds` as an ISO 8601 duration.
pub(super) fn interval([months, days, milliseconds]: [u32; 3], room: &mut String) {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    let _ = write!(room, "P{months}M{days}DT{seconds}.{rest:03}S");
}

fn moment(seconds: i64, fraction: i64, unit: Unit, room: &mut String) {
    date(seconds.div_euclid(DAY), room);
    room.push('T');
    clock(seconds.rem_euclid(DAY), fraction, unit, room);
}

fn clock(seconds: i64, fraction: i64, unit: Unit, room: &mut String) {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let _ = write!(room, "{hours:02}:{minutes:02}:{:02}", seconds % 60);
    if fraction != 0 {
        let _ = write!(room, ".{fraction:0width$}", width = unit.digits());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_before_1970_and_in_leap_years_are_right() {
        let cases = [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (19_723, "2024-01-01"),
            (-719_528, "0000-01-01"),
            (-719_529, "-0001-12-31"),
            (2_932_897, "10000-01-01"),
        ];
        for (days, expected) in cases {
            let mut text = String::new();
            date(days, &mut text);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn the_ends_of_what_can_be_stored_have_a_text() {
        for at in [i64::MIN, i64::MAX] {
            for unit in [Unit::Milli, Unit::Micro, Unit::Nano] {
                let mut text = String::new();
                timestamp(at, unit, Zone::Utc, &mut text);
                assert!(text.ends_with('Z'), "{text}");
            }
        }
        for day in [i64::from(i32::MIN), i64::from(i32::MAX)] {
            for nanoseconds in [i64::MIN, i64::MAX] {
                julian(day, nanoseconds, &mut String::new());
            }
        }
    }
}
