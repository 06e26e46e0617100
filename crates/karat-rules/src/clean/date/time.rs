//! Times of day as `hh:mm:ss`.

use super::super::{Cleaned, Context, Rule, is_placeholder};

pub(in super::super) const TIME: Rule = Rule {
    name: "time",
    about: "a time of day as hh:mm:ss, of 24 or of twice 12 hours",
    passing: ("2:30 pm", "14:30:00"),
    failing: Some("25:00"),
    apply,
};

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    let text = text.trim();
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    match time(text) {
        Some((written, "")) if written == text => Cleaned::Kept(text.into()),
        Some((written, "")) => Cleaned::Kept(written.into()),
        _ => Cleaned::Dropped("is no time of day"),
    }
}

/// A time at the beginning of a text as `hh:mm:ss` with its fraction, and what follows it.
pub(super) fn time(text: &str) -> Option<(String, &str)> {
    let (hours, rest) = number(text)?;
    let (minutes, rest, seconds, fraction) = match rest.strip_prefix([':', '.']) {
        Some(rest) => {
            let (minutes, rest) = number(rest).filter(|(_, left)| rest.len() - left.len() == 2)?;
            let (seconds, fraction, rest) = seconds(rest)?;
            (minutes, rest, seconds, fraction)
        }
        None => (0, rest, 0, ""),
    };
    let has_minutes = !text[..text.len() - rest.len()].bytes().all(|b| b.is_ascii_digit());
    let (hours, rest) = match half(rest.trim_start()) {
        Some((is_after_noon, rest)) if (1..=12).contains(&hours) => {
            (hours % 12 + if is_after_noon { 12 } else { 0 }, rest)
        }
        Some(_) => return None,
        None if has_minutes => (hours, rest),
        None => return None,
    };
    let fits = hours <= 23 && minutes <= 59 && seconds <= 59;
    fits.then(|| (format!("{hours:02}:{minutes:02}:{seconds:02}{fraction}"), rest))
}

/// Seconds, their fraction with its point, and what follows.
fn seconds(text: &str) -> Option<(u32, &str, &str)> {
    let Some(rest) = text.strip_prefix(':') else { return Some((0, "", text)) };
    let (seconds, left) = number(rest).filter(|(_, left)| rest.len() - left.len() == 2)?;
    let digits = left.bytes().skip(1).take_while(u8::is_ascii_digit).count();
    match left.starts_with('.') && digits > 0 {
        true => Some((seconds, &left[..digits + 1], &left[digits + 1..])),
        false => Some((seconds, "", left)),
    }
}

/// One or two digits, and what follows.
fn number(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits).then(|| (text[..digits].parse().unwrap_or(0), &text[digits..]))
}

/// `am`, `p.m.`: whether it is after noon, and what follows.
fn half(text: &str) -> Option<(bool, &str)> {
    for (word, is_after_noon) in [("a.m.", false), ("p.m.", true), ("am", false), ("pm", true)] {
        if text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)) {
            return Some((is_after_noon, &text[word.len()..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::super::check;
    use super::*;

    #[test]
    fn times_of_day_are_written_one_way() {
        check(
            &TIME,
            "US",
            &[
                ("14:30", "14:30:00"),
                ("14:30:05", "14:30:05"),
                ("14:30:05.25", "14:30:05.25"),
                ("9:05", "09:05:00"),
                ("14.30", "14:30:00"),
                ("2 pm", "14:00:00"),
                ("2:30PM", "14:30:00"),
                ("12:00 am", "00:00:00"),
                ("12:15 p.m.", "12:15:00"),
                ("00:00", "00:00:00"),
                ("24:00", "no: is no time of day"),
                ("14:60", "no: is no time of day"),
                ("14:3", "no: is no time of day"),
                ("13:00 pm", "no: is no time of day"),
                ("14", "no: is no time of day"),
                ("noon", "no: is no time of day"),
                ("14:30 CET", "no: is no time of day"),
                ("n/a", "no: is a placeholder"),
            ],
        );
    }
}
