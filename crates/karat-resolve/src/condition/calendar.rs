//! Dates and times of the proleptic Gregorian calendar, read and written as DuckDB casts them.

use karat_record::calendar;
pub use karat_record::calendar::month_length;

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;

const SECOND: i64 = 1_000_000;

/// The microsecond at which a day begins; days beyond the range of timestamps stop at its ends.
pub fn midnight(days: i32) -> i64 {
    i64::from(days).saturating_mul(DAY)
}

/// The day of a moment.
pub fn day_of(micros: i64) -> i32 {
    micros.div_euclid(DAY) as i32
}

/// Days since 1970-01-01; `None` for a day that does not exist or lies beyond a DATE.
pub fn days_from(year: i64, month: i64, day: i64) -> Option<i32> {
    let real = (1..=12).contains(&month)
        && (-5_877_641..=5_881_580).contains(&year)
        && (1..=month_length(year, month)).contains(&day);
    if !real {
        return None;
    }
    i32::try_from(calendar::days_from(year, month, day)).ok()
}

/// Year, month and day.
pub fn civil(days: i32) -> (i64, i64, i64) {
    calendar::civil(days.into())
}

/// 0 for Sunday to 6 for Saturday.
pub fn weekday(days: i32) -> i64 {
    (i64::from(days) + 4).rem_euclid(7)
}

/// `2020-01-05`; years before 1 count backwards and end in `(BC)`.
pub fn date_text(days: i32) -> String {
    let (year, month, day) = civil(days);
    match year {
        1.. => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{:04}-{month:02}-{day:02} (BC)", 1 - year),
    }
}

/// `2020-01-05 10:11:12.5`, without trailing zeros of the fraction.
pub fn timestamp_text(micros: i64) -> String {
    let (date, within) = (date_text(day_of(micros)), micros.rem_euclid(DAY));
    let seconds = within / SECOND;
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = format!(".{:06}", within % SECOND);
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    format!("{date} {clock}{fraction}")
}

/// The rest of a text and what was read of it so far.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn skip_blanks(&mut self) {
        while self.rest.first().is_some_and(|byte| is_blank(*byte)) {
            self.rest = &self.rest[1..];
        }
    }

    fn take(&mut self, wanted: impl Fn(u8) -> bool) -> Option<u8> {
        let byte = *self.rest.first()?;
        wanted(byte).then(|| self.rest = &self.rest[1..])?;
        Some(byte)
    }

    /// Digits, at most `most` of them; `None` without any.
    fn number(&mut self, most: usize) -> Option<i64> {
        let mut number = None;
        for _ in 0..most {
            let Some(digit) = self.take(|byte| byte.is_ascii_digit()) else { break };
            number = Some(number.unwrap_or(0i64) * 10 + i64::from(digit - b'0'));
        }
        number
    }
}

/// The blanks of C's `isspace`.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Reads a date the way `CAST(text AS DATE)` does: blanks around, one or two digits, any of
/// `- / \` and the blank between them, and a time of day that is dropped.
pub fn read_date(text: &str) -> Option<i32> {
    let mut reader = Reader { rest: text.as_bytes() };
    let days = date(&mut reader)?;
    if reader.rest.iter().all(|byte| is_blank(*byte)) {
        return Some(days);
    }
    read_timestamp(text).map(day_of)
}

fn date(reader: &mut Reader<'_>) -> Option<i32> {
    reader.skip_blanks();
    if let Some(special) = special(reader) {
        return Some(special);
    }
    let negative = reader.take(|byte| byte == b'-').is_some();
    let year = reader.number(7)?;
    let separator = reader.take(|byte| matches!(byte, b' ' | b'-' | b'/' | b'\\'))?;
    let month = reader.number(2)?;
    reader.take(|byte| byte == separator)?;
    let day = reader.number(2)?;
    let before = reader.rest.get(1..5).is_some_and(|era| era.eq_ignore_ascii_case(b"(BC)"))
        && is_blank(reader.rest[0]);
    if before {
        reader.rest = &reader.rest[5..];
    }
    match (before, negative) {
        (true, true) => None,
        (true, false) => days_from(1 - year, month, day),
        (false, true) => days_from(-year, month, day),
        (false, false) => days_from(year, month, day),
    }
}

/// `epoch`, `infinity` and `-infinity`.
fn special(reader: &mut Reader<'_>) -> Option<i32> {
    for (name, days) in [("epoch", 0), ("infinity", i32::MAX), ("-infinity", -i32::MAX)] {
        let found = reader.rest.get(..name.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
            reader.rest = &reader.rest[name.len()..];
            return Some(days);
        }
    }
    None
}

/// Reads a date with an optional time as `CAST(text AS TIMESTAMP)` does; an offset from UTC is
/// read and ignored, as there.
pub fn read_timestamp(text: &str) -> Option<i64> {
    let mut reader = Reader { rest: text.as_bytes() };
    let days = date(&mut reader)?;
    if days.abs() == i32::MAX {
        return Some(i64::from(days.signum()) * i64::MAX);
    }
    if reader.rest.iter().all(|byte| is_blank(*byte)) {
        return Some(midnight(days));
    }
    reader.take(|byte| matches!(byte, b' ' | b'T'))?;
    let time = time(&mut reader)?;
    offset(&mut reader)?;
    reader.skip_blanks();
    reader.rest.is_empty().then(|| midnight(days).saturating_add(time))
}

fn time(reader: &mut Reader<'_>) -> Option<i64> {
    reader.skip_blanks();
    let hour = reader.number(2)?;
    reader.take(|byte| byte == b':')?;
    let minute = reader.number(2)?;
    let mut second = 0;
    let mut fraction = 0;
    if reader.take(|byte| byte == b':').is_some() {
        second = reader.number(2)?;
        if reader.take(|byte| byte == b'.').is_some() {
            fraction = micros(reader);
        }
    }
    let whole = hour * 3600 + minute * 60 + second;
    let real = minute < 60 && second < 60 && (hour < 24 || (whole == 86_400 && fraction == 0));
    real.then_some(whole * SECOND + fraction)
}

/// Up to six digits of a fraction; further ones are dropped.
fn micros(reader: &mut Reader<'_>) -> i64 {
    let mut weight = SECOND;
    let mut total = 0;
    while let Some(digit) = reader.take(|byte| byte.is_ascii_digit()) {
        weight /= 10;
        total += weight * i64::from(digit - b'0');
    }
    total
}

fn offset(reader: &mut Reader<'_>) -> Option<()> {
    let before = reader.rest;
    reader.skip_blanks();
    if reader.take(|byte| byte == b'Z').is_some() {
        return Some(());
    }
    if let Some(rest) = reader.rest.strip_prefix(b"UTC") {
        reader.rest = rest;
        return Some(());
    }
    if reader.take(|byte| byte == b'+' || byte == b'-').is_none() {
        reader.rest = before;
        return Some(());
    }
    reader.number(2)?;
    if reader.take(|byte| byte == b':').is_some() {
        reader.number(2)?;
    }
    Some(())
}
