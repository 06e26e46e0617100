//! Numbers as people write them, as plain decimals with a point. Which sign parts the decimals
//! is in the rule's name: nothing is guessed from the data.

use std::borrow::Cow;

use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const POINT: Rule = Rule {
    name: "number_point",
    about: "a number whose decimals follow a point, without grouping: 1,234.50 is 1234.50",
    passing: ("1,234.50", "1234.50"),
    failing: Some("1.234,50"),
    apply: |text, _: &Context| apply(text, Decimals::Point),
};

pub(super) const COMMA: Rule = Rule {
    name: "number_comma",
    about: "a number whose decimals follow a comma, as one with a point: 1.234,50 is 1234.50",
    passing: ("1.234,50", "1234.50"),
    failing: Some("1,234.50"),
    apply: |text, _: &Context| apply(text, Decimals::Comma),
};

/// The sign before decimals.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Decimals {
    Point,
    Comma,
}

fn apply(text: &str, decimals: Decimals) -> Cleaned<'_> {
    let text = text.trim();
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    match number(text, decimals) {
        Some(number) => Cleaned::Kept(number),
        None => Cleaned::Dropped("is no number"),
    }
}

/// `text` as an optional minus, digits, and optionally a point and digits.
///
/// A number with three decimals after a comma gets a fourth, a zero: else `1.234` would be more
/// than a thousand when it is read again.
pub(super) fn number(text: &str, decimals: Decimals) -> Option<Cow<'_, str>> {
    if is_written(text, decimals) {
        return Some(Cow::Borrowed(text));
    }
    let (is_negative, body) = sign(text)?;
    let (whole, fraction) = halves(body, decimals)?;
    let whole = ungrouped(whole, decimals)?;
    let is_number = fraction.bytes().all(|b| b.is_ascii_digit());
    if !is_number || whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 2);
    if is_negative {
        out.push('-');
    }
    out.push_str(if whole.is_empty() { "0" } else { &whole });
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
        if decimals == Decimals::Comma && fraction.len() == 3 {
            out.push('0');
        }
    }
    Some(Cow::Owned(out))
}

/// Whether it is a plain decimal as this file writes it, that can be read in no other way.
fn is_written(text: &str, decimals: Decimals) -> bool {
    let body = text.strip_prefix('-').unwrap_or(text);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match body.split_once('.') {
        None => digits(body),
        Some((whole, fraction)) => {
            let is_group = fraction.len() == 3 && decimals == Decimals::Comma;
            digits(whole) && digits(fraction) && !is_group
        }
    }
}

/// Whether a number is negative, by a minus at either end, and the rest.
fn sign(text: &str) -> Option<(bool, &str)> {
    let minus = ['-', '\u{2212}'];
    if let Some(rest) = text.strip_prefix(minus) {
        return Some((true, rest.trim_start()));
    }
    if let Some(rest) = text.strip_suffix(minus) {
        return Some((true, rest.trim_end()));
    }
    Some((false, text.strip_prefix('+').unwrap_or(text).trim_start()))
}

/// What stands before and after the decimal sign.
fn halves(body: &str, decimals: Decimals) -> Option<(&str, &str)> {
    let sign = if decimals == Decimals::Point { '.' } else { ',' };
    let (whole, fraction) = body.split_once(sign).unwrap_or((body, ""));
    (!fraction.contains(sign)).then_some((whole, fraction))
}

/// The digits of whole groups of three, whatever one sign stands between them.
fn ungrouped(whole: &str, decimals: Decimals) -> Option<Cow<'_, str>> {
    if whole.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Cow::Borrowed(whole));
    }
    let between = whole.chars().find(|c| !c.is_ascii_digit())?;
    let own = if decimals == Decimals::Point { ',' } else { '.' };
    let known = [own, ' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '’'].contains(&between);
    let mut groups = whole.split(between);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()))?;
    let fits = known
        && first.bytes().all(|b| b.is_ascii_digit())
        && groups.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()));
    fits.then(|| Cow::Owned(whole.replace(between, "")))
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    const NO: &str = "no: is no number";

    #[test]
    fn a_point_parts_the_decimals() {
        check(
            &POINT,
            "US",
            &[
                ("1234.5", "1234.5"),
                ("1,234.5", "1234.5"),
                ("1,234,567", "1234567"),
                ("1 234.5", "1234.5"),
                ("1'234.50", "1234.50"),
                ("1\u{a0}234", "1234"),
                ("-12", "-12"),
                ("−12", "-12"),
                ("12-", "-12"),
                ("+ 7", "7"),
                (".5", "0.5"),
                ("5.", "5"),
                ("007", "007"),
                ("12,5", NO),
                ("1,23,456", NO),
                ("1.234.567", NO),
                ("1.234,56", NO),
                ("1,234 567", NO),
                ("1e5", NO),
                ("12 kg", NO),
                ("-", "no: is a placeholder"),
            ],
        );
    }

    #[test]
    fn a_comma_parts_the_decimals() {
        check(
            &COMMA,
            "DE",
            &[
                ("1234,5", "1234.5"),
                ("1.234,56", "1234.56"),
                ("1.234.567", "1234567"),
                ("1.234", "1234"),
                ("1,234", "1.2340"),
                ("0,125", "0.1250"),
                ("1 234,5", "1234.5"),
                ("1'234,50", "1234.50"),
                ("-1.234,5", "-1234.5"),
                (",5", "0.5"),
                ("12.5", "12.5"),
                ("12", "12"),
                ("1,2,3", NO),
                ("1,234.50", NO),
                ("1.23.456", NO),
                ("12 %", NO),
                ("abc", NO),
            ],
        );
    }
}
