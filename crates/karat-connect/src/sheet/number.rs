//! What a number of a spreadsheet is by its style, and how it is written so that nothing is lost.

use karat_record::Finding;
use karat_record::calendar::civil;

/// What a style makes of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    #[default]
    Number,
    Date,
    Time,
    DateTime,
    Duration,
}

/// From which day dates count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Epoch {
    #[default]
    Y1900,
    Y1904,
}

impl Form {
    /// The form of a format that every workbook has without declaring it.
    /// Source: ECMA-376 part 1, 18.8.30.
    pub(super) fn of_id(id: u32) -> Form {
        match id {
            14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Form::Date,
            18..=21 | 32..=35 | 45 | 47 | 55 | 56 => Form::Time,
            22 => Form::DateTime,
            46 => Form::Duration,
            _ => Form::Number,
        }
    }

    /// The form of a format code such as `dd.mm.yyyy hh:mm`.
    pub(super) fn of_code(code: &str) -> Form {
        let letters = Letters::of(code);
        let month_alone = letters.month && !letters.time;
        match (letters.date || month_alone, letters.time) {
            _ if letters.duration => Form::Duration,
            (true, true) => Form::DateTime,
            (true, false) => Form::Date,
            (false, true) => Form::Time,
            (false, false) => Form::Number,
        }
    }
}

/// What the first section of a format code asks for.
#[derive(Default)]
struct Letters {
    date: bool,
    month: bool,
    time: bool,
    duration: bool,
}

impl Letters {
    fn of(code: &str) -> Letters {
        let mut found = Letters::default();
        if code.eq_ignore_ascii_case("general") {
            return found;
        }
        let mut rest = code.chars();
        while let Some(letter) = rest.next() {
            match letter.to_ascii_lowercase() {
                ';' => break,
                '"' => rest.by_ref().take_while(|c| *c != '"').for_each(drop),
                '\\' | '_' | '*' => drop(rest.next()),
                '[' => {
                    let inside: String = rest.by_ref().take_while(|c| *c != ']').collect();
                    let inside = inside.to_ascii_lowercase();
                    let units = ["h", "hh", "m", "mm", "s", "ss"];
                    found.duration |= units.contains(&inside.as_str());
                }
                'y' | 'd' => found.date = true,
                'm' => found.month = true,
                'h' | 's' => found.time = true,
                _ => {}
            }
        }
        found
    }
}

/// The text of a number of a cell.
///
/// # Errors
/// What is wrong with the cell, as the end of a sentence that begins with its address.
pub(super) fn text(stored: &str, form: Form, epoch: Epoch) -> Result<String, &'static str> {
    let number: f64 = stored.trim().parse().map_err(|_| "is no number")?;
    if !number.is_finite() {
        return Err("is no number");
    }
    if form == Form::Number { Ok(plain(stored.trim(), number)) } else { date(number, form, epoch) }
}

/// More digits than a double holds are kept as they are.
fn plain(stored: &str, number: f64) -> String {
    let digits = stored.strip_prefix('-').unwrap_or(stored);
    let significant = digits.trim_matches(['0', '.']).bytes().filter(|b| *b != b'.').count();
    let decimal = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let clean = !digits.starts_with('.') && !digits.ends_with('.');
    if decimal && clean && significant > 17 { stored.to_owned() } else { shortest(number) }
}

/// The shortest text that reads back as the same number.
pub(super) fn shortest(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 {
        "0".to_owned()
    } else if (1e-7..1e21).contains(&size) {
        number.to_string()
    } else {
        format!("{number:e}")
    }
}

const DAY: i64 = 86_400_000;

/// A number of days as ISO 8601.
///
/// # Errors
/// As `text`.
pub(super) fn date(number: f64, form: Form, epoch: Epoch) -> Result<String, &'static str> {
    /// 31 December 9999.
    const LAST: f64 = 2_958_466.0;
    if form == Form::Duration {
        return if number.abs() < 1e9 { Ok(duration(number)) } else { Err("is no duration") };
    }
    if number < 0.0 {
        return Err("is a date before all dates that spreadsheets know");
    }
    if number >= LAST {
        return Err("is a date after the year 9999");
    }
    let all = (number * DAY as f64).round() as i64;
    let (serial, rest) = (all / DAY, all % DAY);
    if form == Form::Time && serial == 0 {
        return Ok(clock(rest));
    }
    let days = match (epoch, serial) {
        // Days from 1 January 1970.
        (Epoch::Y1904, _) => serial - 24_107,
        (Epoch::Y1900, 0) if rest > 0 => return Ok(clock(rest)),
        (Epoch::Y1900, 0) => return Err("is day 0, which is no date"),
        (Epoch::Y1900, 1..=59) => serial - 25_568,
        (Epoch::Y1900, 60) => return Err("is 29 February 1900, a day that never was"),
        (Epoch::Y1900, _) => serial - 25_569,
    };
    let (year, month, day) = civil(days);
    let date = format!("{year:04}-{month:02}-{day:02}");
    if form == Form::Date && rest == 0 { Ok(date) } else { Ok(format!("{date}T{}", clock(rest))) }
}

fn clock(milliseconds: i64) -> String {
    let seconds = milliseconds / 1000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match milliseconds % 1000 {
        0 => format!("{hour:02}:{minute:02}:{second:02}"),
        rest => format!("{hour:02}:{minute:02}:{second:02}.{rest:03}"),
    }
}

fn duration(days: f64) -> String {
    let all = (days.abs() * DAY as f64).round() as i64;
    let sign = if days < 0.0 && all > 0 { "-" } else { "" };
    let seconds = all / 1000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match all % 1000 {
        0 => format!("{sign}PT{hours}H{minutes}M{}S", seconds % 60),
        rest => format!("{sign}PT{hours}H{minutes}M{}.{rest:03}S", seconds % 60),
    }
}

/// The name of a column of a sheet, from 0: `A`, `Z`, `AA`.
pub(super) fn letters(column: usize) -> String {
    let mut name = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        name.push(char::from(b'A' + ((left - 1) % 26) as u8));
        left = (left - 1) / 26;
    }
    name.iter().rev().collect()
}

/// A finding about a cell, by its address.
pub(super) fn finding(rule: &'static str, column: usize, row: u64, what: &str) -> Finding {
    Finding::new(rule, format!("cell {}{row} {what}", letters(column)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_as_they_were() {
        let number = |stored| text(stored, Form::Number, Epoch::Y1900);
        for (stored, wanted) in [
            ("5", "5"),
            ("5.0", "5"),
            ("-0", "0"),
            ("0.1", "0.1"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("1E300", "1e300"),
            ("1.5E-3", "0.0015"),
            ("12345678901234567890", "12345678901234567890"),
            ("1.0E9", "1000000000"),
            ("1000000000000000000000000", "1e24"),
        ] {
            assert_eq!(number(stored).as_deref(), Ok(wanted), "{stored}");
        }
        assert!(number("x").is_err() && number("1e999").is_err() && number("NaN").is_err());
    }

    #[test]
    fn format_codes_say_what_a_number_is() {
        for (code, form) in [
            ("General", Form::Number),
            ("0.00%", Form::Number),
            ("#,##0.00 [$€-407]", Form::Number),
            ("[Red]0;\"days\"", Form::Number),
            ("0\" d\"", Form::Number),
            ("yyyy-mm-dd", Form::Date),
            ("mmm", Form::Date),
            ("[$-409]d-mmm-yy;@", Form::Date),
            ("hh:mm", Form::Time),
            ("h:mm AM/PM", Form::Time),
            ("dd.mm.yyyy\\ hh:mm:ss", Form::DateTime),
            ("[h]:mm:ss", Form::Duration),
        ] {
            assert_eq!(Form::of_code(code), form, "{code}");
        }
    }

    #[test]
    fn days_are_counted_as_spreadsheets_count_them() {
        let day = |number, form, epoch| date(number, form, epoch);
        let (old, new) = (Epoch::Y1900, Epoch::Y1904);
        assert_eq!(day(1.0, Form::Date, old).as_deref(), Ok("1900-01-01"));
        assert_eq!(day(59.0, Form::Date, old).as_deref(), Ok("1900-02-28"));
        assert!(day(60.0, Form::Date, old).is_err());
        assert_eq!(day(61.0, Form::Date, old).as_deref(), Ok("1900-03-01"));
        assert_eq!(day(45_323.0, Form::Date, old).as_deref(), Ok("2024-02-01"));
        assert_eq!(day(43_861.0, Form::Date, new).as_deref(), Ok("2024-02-01"));
        assert_eq!(day(45_323.5, Form::Date, old).as_deref(), Ok("2024-02-01T12:00:00"));
        assert_eq!(day(0.25, Form::Time, old).as_deref(), Ok("06:00:00"));
        assert_eq!(day(0.0, Form::Date, new).as_deref(), Ok("1904-01-01"));
        assert_eq!(day(1.5, Form::Duration, old).as_deref(), Ok("PT36H0M0S"));
        assert_eq!(day(2_958_465.0, Form::Date, old).as_deref(), Ok("9999-12-31"));
        assert!(day(-1.0, Form::Date, old).is_err() && day(2_958_466.0, Form::Date, old).is_err());
    }

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 16_383].map(letters), ["A", "Z", "AA", "XFD"]);
    }
}
