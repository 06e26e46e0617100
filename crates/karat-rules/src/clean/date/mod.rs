//! Dates as `yyyy-mm-dd`, times of day as `hh:mm:ss`, and both together. Where all parts are
//! numbers and the year is last, the rule's name says whether the month or the day comes first:
//! nothing is guessed from the data, and years of two digits are nobody's.

mod datetime;
mod time;

use std::borrow::Cow;

pub(super) use datetime::{DATETIME_DAY_FIRST, DATETIME_MONTH_FIRST};
pub(super) use time::TIME;

use karat_record::calendar::month_length;

use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const MONTH_FIRST: Rule = Rule {
    name: "date_month_first",
    about: "a date as yyyy-mm-dd; 7/31/1984 is the 31st of July",
    passing: ("7/31/1984", "1984-07-31"),
    failing: Some("31/7/1984"),
    apply: |text, _: &Context| apply(text, Order::MonthDay),
};

pub(super) const DAY_FIRST: Rule = Rule {
    name: "date_day_first",
    about: "a date as yyyy-mm-dd; 31.7.1984 is the 31st of July",
    passing: ("31.7.1984", "1984-07-31"),
    failing: Some("7.31.1984"),
    apply: |text, _: &Context| apply(text, Order::DayMonth),
};

pub(super) const YEAR_FIRST: Rule = Rule {
    name: "date_year_first",
    about: "a date as yyyy-mm-dd, of texts whose year comes first or whose month is a word",
    passing: ("1984/7/31", "1984-07-31"),
    failing: Some("7/31/1984"),
    apply: |text, _: &Context| apply(text, Order::None),
};

/// Which rules read a text as a date without a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dates {
    pub year_first: bool,
    pub month_first: bool,
    pub day_first: bool,
}

/// Finds out how a trimmed text can be read as a date without a time; eight digits alone are
/// taken for a number.
pub fn dates(text: &str) -> Dates {
    let reads = |order| date(text, order).is_ok_and(|(_, rest)| rest.is_empty());
    if is_iso(text.as_bytes()) {
        return Dates { year_first: true, month_first: true, day_first: true };
    }
    if text.bytes().all(|b| b.is_ascii_digit()) || parts(text).is_none() {
        return Dates::default();
    }
    Dates {
        year_first: reads(Order::None),
        month_first: reads(Order::MonthDay),
        day_first: reads(Order::DayMonth),
    }
}

/// What the numbers of a date mean whose year does not come first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    MonthDay,
    DayMonth,
    /// There is no such date.
    None,
}

fn apply(text: &str, order: Order) -> Cleaned<'_> {
    let trimmed = text.trim();
    if is_iso(trimmed.as_bytes()) {
        return Cleaned::Kept(Cow::Borrowed(trimmed));
    }
    if is_placeholder(trimmed) {
        return Cleaned::Dropped("is a placeholder");
    }
    match date(trimmed, order) {
        Ok((date, _)) => Cleaned::Kept(written(date).into()),
        Err(why) => Cleaned::Dropped(why),
    }
}

/// Whether it is a day of the calendar as this rule writes it.
fn is_iso(text: &[u8]) -> bool {
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = text else { return false };
    let digits = [a, b, c, d, e, f, g, h];
    let number = |digits: &[u8]| digits.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0'));
    digits.iter().all(u8::is_ascii_digit)
        && is_day((number(&digits[..4]), number(&digits[4..6]), number(&digits[6..])))
}

fn is_day((year, month, day): (u32, u32, u32)) -> bool {
    year >= 1
        && (1..=12).contains(&month)
        && (1..=month_length(year.into(), month.into())).contains(&day.into())
}

/// `yyyy-mm-dd`.
fn written((year, month, day): (u32, u32, u32)) -> String {
    let mut out = String::with_capacity(10);
    let mut push = |n: u32| out.push(char::from(b'0' + (n % 10) as u8));
    for n in [year / 1000, year / 100, year / 10, year] {
        push(n);
    }
    let mut two = |n: u32| {
        out.push('-');
        out.push(char::from(b'0' + (n / 10 % 10) as u8));
        out.push(char::from(b'0' + (n % 10) as u8));
    };
    two(month);
    two(day);
    out
}

/// A date at the beginning of a text, as year, month and day, and what follows it.
fn date(text: &str, order: Order) -> Result<((u32, u32, u32), &str), &'static str> {
    let (parts, rest) = parts(text).ok_or("is no date")?;
    let [first, second, third] = parts;
    let date = match (first, second, third) {
        (Part::Number(y, 4), Part::Number(m, 1 | 2), Part::Number(d, 1 | 2)) => (y, m, d),
        (Part::Number(y, 4), Part::Month(m), Part::Number(d, 1 | 2)) => (y, m, d),
        (Part::Number(d, 1 | 2), Part::Month(m), Part::Number(y, 4)) => (y, m, d),
        (Part::Month(m), Part::Number(d, 1 | 2), Part::Number(y, 4)) => (y, m, d),
        (Part::Number(a, 1 | 2), Part::Number(b, 1 | 2), Part::Number(y, 4)) => match order {
            Order::MonthDay => (y, a, b),
            Order::DayMonth => (y, b, a),
            Order::None => return Err("has its year at the end"),
        },
        _ => return Err("is no date"),
    };
    if is_day(date) { Ok((date, rest)) } else { Err("is no day of the calendar") }
}

/// A number with its count of digits, or a month's name.
#[derive(Clone, Copy)]
enum Part {
    Number(u32, usize),
    Month(u32),
}

/// The three parts of a date and what follows them.
fn parts(text: &str) -> Option<([Part; 3], &str)> {
    let bytes = text.as_bytes();
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 8 && bytes.get(8).is_none_or(|b| matches!(b, b' ' | b'T')) {
        let number = |from: usize, to: usize| text[from..to].parse().ok();
        let part = |from: usize, to: usize| Some(Part::Number(number(from, to)?, to - from));
        return Some(([part(0, 4)?, part(4, 6)?, part(6, 8)?], &text[8..]));
    }
    let (first, rest) = part(text)?;
    let (second, rest) = part(between(rest)?)?;
    let (third, rest) = part(between(rest)?)?;
    // A time of day may follow; another sign means that this is no date.
    let ends = rest.is_empty() || rest.starts_with([' ', 'T', ',']);
    ends.then_some(([first, second, third], rest))
}

fn part(text: &str) -> Option<(Part, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if let 1..=4 = digits {
        return Some((Part::Number(text[..digits].parse().ok()?, digits), &text[digits..]));
    }
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let month = month(&text[..letters])?;
    Some((Part::Month(month), &text[letters..]))
}

/// What follows the sign between two parts: `-`, `/`, `.`, or blanks with a point or comma.
fn between(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(['-', '/', '.', ',']).unwrap_or(text).trim_start_matches(' ');
    (rest.len() < text.len()).then_some(rest)
}

/// An English month, by its name or the first three letters of it (`Sept` too).
fn month(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is_it = |name: &str| {
        let fits = matches!(word.len(), 3) || word.len() == name.len() || word.len() == 4;
        let short = name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        fits && short && (word.len() != 4 || name.len() == 4 || name == "september")
    };
    MONTHS.iter().position(|name| is_it(name)).map(|at| at as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn dates_that_can_be_read_one_way_only_are_read_by_all_rules() {
        for rule in [MONTH_FIRST, DAY_FIRST, YEAR_FIRST] {
            check(
                &rule,
                "US",
                &[
                    ("1984-07-31", "1984-07-31"),
                    (" 1984-07-31 ", "1984-07-31"),
                    ("1984/7/1", "1984-07-01"),
                    ("1984.07.01", "1984-07-01"),
                    ("19840731", "1984-07-31"),
                    ("1984-07-31 00:00:00", "1984-07-31"),
                    ("2024-02-29T10:00:00Z", "2024-02-29"),
                    ("31 July 1984", "1984-07-31"),
                    ("31-JUL-1984", "1984-07-31"),
                    ("Jul 31, 1984", "1984-07-31"),
                    ("September 1, 2020", "2020-09-01"),
                    ("Sept. 1, 2020", "2020-09-01"),
                    ("2020-Sep-01", "2020-09-01"),
                ],
            );
        }
    }

    #[test]
    fn the_rule_says_what_comes_first() {
        check(&MONTH_FIRST, "US", &[("7/4/1984", "1984-07-04"), ("07-04-1984 9:00", "1984-07-04")]);
        check(&DAY_FIRST, "US", &[("7/4/1984", "1984-04-07"), ("07.04.1984", "1984-04-07")]);
        check(&YEAR_FIRST, "US", &[("7/4/1984", "no: has its year at the end")]);
    }

    #[test]
    fn what_is_no_day_is_dropped() {
        check(
            &MONTH_FIRST,
            "US",
            &[
                ("1984-02-30", "no: is no day of the calendar"),
                ("1900-02-29", "no: is no day of the calendar"),
                ("31/7/1984", "no: is no day of the calendar"),
                ("0000-01-01", "no: is no day of the calendar"),
                ("84-07-31", "no: is no date"),
                ("7/4/84", "no: is no date"),
                ("July 1984", "no: is no date"),
                ("1984", "no: is no date"),
                ("31 Juli 1984", "no: is no date"),
                ("1984-07-31x", "no: is no date"),
                ("212-555-0100", "no: is no date"),
                ("tbd", "no: is a placeholder"),
            ],
        );
    }
}
