//! Dates as `yyyy-mm-dd`. Where all parts are numbers and the year is last, the rule's name says
//! whether the month or the day comes first: nothing is guessed from the data.

use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const MONTH_FIRST: Rule = Rule {
    name: "date_month_first",
    about: "a date as yyyy-mm-dd; 7/31/1984 is the 31st of July",
    passing: ("7/31/1984", "1984-07-31"),
    failing: Some("31/7/1984"),
    apply: |text, _: &Context| apply(text, |first, second| (first, second)),
};

pub(super) const DAY_FIRST: Rule = Rule {
    name: "date_day_first",
    about: "a date as yyyy-mm-dd; 31.7.1984 is the 31st of July",
    passing: ("31.7.1984", "1984-07-31"),
    failing: Some("7.31.1984"),
    apply: |text, _: &Context| apply(text, |first, second| (second, first)),
};

/// `month_and_day` puts the first two numbers of a date whose year is last in that order.
fn apply<'a>(text: &'a str, month_and_day: fn(u32, u32) -> (u32, u32)) -> Cleaned<'a> {
    let text = text.trim();
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    // A time of day after the date says nothing about the day.
    let day = text.split([' ', 'T']).next().unwrap_or(text);
    let digits = |c: char| c.is_ascii_digit();
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    if !parts.iter().all(|part| (1..=8).contains(&part.len()) && part.chars().all(digits)) {
        return Cleaned::Dropped("is no date");
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or(0);
    let date = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (number(year), number(month), number(day)),
        [first, second, year] if year.len() == 4 => {
            let (month, day) = month_and_day(number(first), number(second));
            (number(year), month, day)
        }
        [whole] if whole.len() == 8 => {
            (number(&whole[..4]), number(&whole[4..6]), number(&whole[6..]))
        }
        _ => return Cleaned::Dropped("is no date"),
    };
    match date {
        (year @ 1.., month @ 1..=12, day) if (1..=days(year, month)).contains(&day) => {
            Cleaned::Kept(format!("{year:04}-{month:02}-{day:02}").into())
        }
        _ => Cleaned::Dropped("is no day of the calendar"),
    }
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_can_be_read_one_way_only_are_read_by_both_rules() {
        for (raw, clean) in [
            ("1984-07-31", "1984-07-31"),
            ("1984/7/1", "1984-07-01"),
            ("19840731", "1984-07-31"),
            ("1984-07-31 00:00:00", "1984-07-31"),
            ("2024-02-29T10:00:00Z", "2024-02-29"),
        ] {
            for rule in [MONTH_FIRST, DAY_FIRST] {
                let found = rule.apply(raw, &Context::default());
                assert_eq!(found, Cleaned::Kept(clean.into()), "{raw}");
            }
        }
    }

    #[test]
    fn what_is_no_day_is_dropped() {
        for raw in ["1984-02-30", "1900-02-29", "84-07-31", "0000-01-01", "July 1984", "1984"] {
            let found = MONTH_FIRST.apply(raw, &Context::default());
            assert!(matches!(found, Cleaned::Dropped(_)), "{raw}");
        }
    }
}
