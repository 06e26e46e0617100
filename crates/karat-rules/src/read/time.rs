//! Dates and timestamps in ISO 8601 and in the form PostgreSQL prints.

use karat_record::calendar::{EPOCH_2000, days_from, month_length};
use karat_record::{Finding, Value};

const MICROS_PER_DAY: i64 = 86_400_000_000;

pub(super) fn date(raw: &str) -> Result<Value<'static>, Finding> {
    let bad = || Finding::new("type.date", "is not a date like 2025-12-31");
    match civil(raw.as_bytes()) {
        Some((days, [])) => Ok(Value::Date(days)),
        Some(_) | None => Err(bad()),
    }
}

pub(super) fn timestamp(raw: &str) -> Result<Value<'static>, Finding> {
    let bad = || Finding::new("type.timestamp", "is not a time like 2025-12-31 23:59:59+00");
    micros(raw.as_bytes()).map(Value::Timestamp).ok_or_else(bad)
}

/// Microseconds since 2000-01-01 UTC of `date[ T]hh:mm[:ss[.f]][zone]`, or of a date alone.
fn micros(text: &[u8]) -> Option<i64> {
    let (days, rest) = civil(text)?;
    let midnight = i64::from(days) * MICROS_PER_DAY;
    let Some((separator, rest)) = rest.split_first() else { return Some(midnight) };
    if !matches!(separator, b' ' | b'T' | b't') {
        return None;
    }
    let (hours, rest) = two(rest)?;
    let (minutes, rest) = two(rest.strip_prefix(b":")?)?;
    let (seconds, fraction, rest) = match rest.strip_prefix(b":") {
        Some(rest) => {
            let (seconds, rest) = two(rest)?;
            let (fraction, rest) = fraction(rest)?;
            (seconds, fraction, rest)
        }
        None => (0, 0, rest),
    };
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let time = (i64::from(hours) * 3600 + i64::from(minutes) * 60 + i64::from(seconds)) * 1_000_000;
    Some(midnight + time + fraction - offset(rest)? * 1_000_000)
}

/// The days since 2000-01-01 of a leading `yyyy-mm-dd`, and what follows it.
fn civil(text: &[u8]) -> Option<(i32, &[u8])> {
    let (century, rest) = two(text)?;
    let (year, rest) = two(rest)?;
    let (month, rest) = two(rest.strip_prefix(b"-")?)?;
    let (day, rest) = two(rest.strip_prefix(b"-")?)?;
    let (year, month, day) = (i64::from(century * 100 + year), i64::from(month), i64::from(day));
    if year == 0 || !(1..=12).contains(&month) || day == 0 || day > month_length(year, month) {
        return None;
    }
    Some(((days_from(year, month, day) - EPOCH_2000) as i32, rest))
}

fn two(text: &[u8]) -> Option<(u32, &[u8])> {
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => {
            Some((u32::from(a - b'0') * 10 + u32::from(b - b'0'), rest))
        }
        _ => None,
    }
}

/// Microseconds of an optional `.123456`; further digits are cut off, as PostgreSQL's limit of
/// six would otherwise round a second up.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some(rest) = text.strip_prefix(b".") else { return Some((0, text)) };
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let mut micros = 0;
    for i in 0..6 {
        micros = micros * 10 + rest[..digits].get(i).map_or(0, |b| i64::from(b - b'0'));
    }
    (digits > 0).then(|| (micros, &rest[digits..]))
}

/// Seconds east of UTC of an optional zone: `Z`, `+02`, `-0530`, ` +05:30`, ` UTC`.
fn offset(text: &[u8]) -> Option<i64> {
    let text = text.strip_prefix(b" ").unwrap_or(text);
    let (sign, rest) = match text {
        b"" | b"Z" | b"z" | b"UTC" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = two(rest)?;
    let (minutes, rest) = match rest {
        [] => (0, rest),
        _ => two(rest.strip_prefix(b":").unwrap_or(rest))?,
    };
    let in_range = rest.is_empty() && hours <= 15 && minutes <= 59;
    in_range.then(|| sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

#[cfg(test)]
mod tests {
    use crate::read::shown;
    use karat_record::Type::{Date, Timestamp};

    #[test]
    fn dates_count_from_2000() {
        assert_eq!(shown(Date, "2000-01-01"), "Date(0)");
        assert_eq!(shown(Date, "1999-12-31"), "Date(-1)");
        assert_eq!(shown(Date, "2024-02-29"), "Date(8825)");
        for bad in ["2023-02-29", "2023-13-01", "23-01-01", "2023-1-1", "2023-01-01 ", ""] {
            assert_eq!(shown(Date, bad), "type.date: is not a date like 2025-12-31", "{bad}");
        }
    }

    #[test]
    fn timestamps_of_every_common_shape_are_one_instant() {
        for text in [
            "2000-01-01 00:00:01+00",
            "2000-01-01T00:00:01Z",
            "2000-01-01 00:00:01.000000",
            "2000-01-01 05:30:01 +05:30",
            "1999-12-31 19:00:01-0500",
        ] {
            assert_eq!(shown(Timestamp, text), "Timestamp(1000000)", "{text}");
        }
        assert_eq!(shown(Timestamp, "2000-01-01 00:00:00.5"), "Timestamp(500000)");
        assert_eq!(shown(Timestamp, "2000-01-02"), "Timestamp(86400000000)");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in ["2000-01-01 24:00:00", "2000-01-01 1:00", "yesterday", "2000-01-01 00:00:00+x"]
        {
            assert!(shown(Timestamp, bad).starts_with("type.timestamp"), "{bad}");
        }
    }
}
