//! Timestamps as Postgres prints them in UTC, in the months the example plays in.

use super::random::Random;

const DAY: u64 = 86_400_000_000;

/// 2025-11-13 11:01:15.227+00, counted as all stamps here from midnight of that day.
pub const FIRST: u64 = ((11 * 60 + 1) * 60 + 15) * 1_000_000 + 227_000;
/// 2026-02-10 20:11:07.966467+00, 89 days later.
pub const LAST: u64 = 89 * DAY + ((20 * 60 + 11) * 60 + 7) * 1_000_000 + 966_467;

/// A moment between the first and the last, exact to 0 to 6 digits of a second.
pub fn moment(random: &mut Random) -> u64 {
    let unit = 10u64.pow(random.weighted(&[50, 8, 8, 20, 5, 5, 4]) as u32);
    (FIRST + random.below((LAST - FIRST) as usize) as u64) / unit * unit
}

/// The stamp of a moment: microseconds since 2025-11-13 00:00 UTC.
pub fn stamp(micros: u64) -> String {
    let (year, month, day) = date(micros / DAY);
    let seconds = micros % DAY / 1_000_000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = format!(".{:06}", micros % 1_000_000);
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction}+00")
}

fn date(days: u64) -> (u64, u64, u64) {
    const MONTHS: [(u64, u64, u64); 4] =
        [(2025, 11, 30), (2025, 12, 31), (2026, 1, 31), (2026, 2, 28)];
    let mut day = 13 + days;
    for (year, month, length) in MONTHS {
        if day <= length {
            return (year, month, day);
        }
        day -= length;
    }
    (2026, 3, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_and_last_are_printed_as_postgres_prints_them() {
        assert_eq!(stamp(FIRST), "2025-11-13 11:01:15.227+00");
        assert_eq!(stamp(LAST), "2026-02-10 20:11:07.966467+00");
        assert_eq!(stamp(18 * DAY), "2025-12-01 00:00:00+00");
    }
}
