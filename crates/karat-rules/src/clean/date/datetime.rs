//! Dates with a time of day, in ISO 8601.

use super::super::{Cleaned, Context, Rule, is_placeholder};
use super::time::time;
use super::{Order, date, written};

pub(in super::super) const DATETIME_MONTH_FIRST: Rule = Rule {
    name: "datetime_month_first",
    about: "a date and time in ISO 8601, its zone as it was; 7/4/1984 is the 4th of July",
    passing: ("7/4/1984 2:30 pm", "1984-07-04T14:30:00"),
    failing: Some("yesterday"),
    apply: |text, _: &Context| apply(text, Order::MonthDay),
};

pub(in super::super) const DATETIME_DAY_FIRST: Rule = Rule {
    name: "datetime_day_first",
    about: "a date and time in ISO 8601, its zone as it was; 7.4.1984 is the 7th of April",
    passing: ("7.4.1984 14:30", "1984-04-07T14:30:00"),
    failing: Some("yesterday"),
    apply: |text, _: &Context| apply(text, Order::DayMonth),
};

fn apply(text: &str, order: Order) -> Cleaned<'_> {
    let text = text.trim();
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let (date, rest) = match date(text, order) {
        Ok(found) => found,
        Err(why) => return Cleaned::Dropped(why),
    };
    let rest = rest.trim_start_matches([',', ' ']);
    let (time, zone) = match time(rest.strip_prefix('T').unwrap_or(rest)) {
        Some((time, rest)) => (time, zone(rest.trim_start())),
        None if rest.is_empty() => ("00:00:00".to_owned(), Some(String::new())),
        None => return Cleaned::Dropped("is no time of day"),
    };
    match zone {
        Some(zone) => Cleaned::Kept(format!("{}T{time}{zone}", written(date)).into()),
        None => Cleaned::Dropped("has a zone that is no offset"),
    }
}

/// An offset from UTC as `+hh:mm` or `Z`; nothing where there is none.
fn zone(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some(String::new());
    }
    if matches!(text, "Z" | "z" | "UTC" | "GMT") {
        return Some("Z".to_owned());
    }
    let sign = &text[..text.starts_with(['+', '-']).then_some(1)?];
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    let is_number = digits.bytes().all(|b| b.is_ascii_digit());
    let (hours, minutes) = match digits.len() {
        2 if is_number => (digits.as_str(), "00"),
        4 if is_number => (&digits[..2], &digits[2..]),
        _ => return None,
    };
    (hours <= "15" && minutes <= "59").then(|| format!("{sign}{hours}:{minutes}"))
}

#[cfg(test)]
mod tests {
    use super::super::super::check;
    use super::*;

    #[test]
    fn dates_with_times_are_written_one_way() {
        check(
            &DATETIME_MONTH_FIRST,
            "US",
            &[
                ("7/4/1984 14:30", "1984-07-04T14:30:00"),
                ("7/4/1984, 2:30:05 PM", "1984-07-04T14:30:05"),
                ("1984-07-04 14:30:00.123", "1984-07-04T14:30:00.123"),
                ("1984-07-04T14:30:00Z", "1984-07-04T14:30:00Z"),
                ("1984-07-04T14:30:00+02:00", "1984-07-04T14:30:00+02:00"),
                ("1984-07-04 14:30:00-0530", "1984-07-04T14:30:00-05:30"),
                ("1984-07-04 14:30 +02", "1984-07-04T14:30:00+02:00"),
                ("1984-07-04 14:30 UTC", "1984-07-04T14:30:00Z"),
                ("1984-07-04", "1984-07-04T00:00:00"),
                ("4 July 1984 14:30", "1984-07-04T14:30:00"),
                ("19840704T14:30:00", "1984-07-04T14:30:00"),
                ("1984-07-04 14:30 CET", "no: has a zone that is no offset"),
                ("1984-07-04 14:30:00+99:00", "no: has a zone that is no offset"),
                ("1984-07-04 25:00", "no: is no time of day"),
                ("1984-02-30 10:00", "no: is no day of the calendar"),
                ("14:30", "no: is no date"),
                ("n/a", "no: is a placeholder"),
            ],
        );
        check(&DATETIME_DAY_FIRST, "US", &[("7.4.1984 14:30", "1984-04-07T14:30:00")]);
    }
}
