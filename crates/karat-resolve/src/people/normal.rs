//! Values as they are compared: lower case, trimmed, dates as eight digits; and the parts of
//! values that blocking and comparison look at.

use std::borrow::Cow;

use super::plan::Role;
use crate::condition::Value;

/// A text as it is compared; `None` if nothing is left.
pub(super) fn normal(role: Role, text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let lower = if text.chars().any(|c| c.is_uppercase()) {
        Cow::Owned(text.to_lowercase())
    } else {
        Cow::Borrowed(text)
    };
    match role {
        Role::Date => Some(date(&lower).map_or(lower, Cow::Owned)),
        _ => Some(lower),
    }
}

/// A date as `yyyymmdd`, from that or from day, month and year in either order.
fn date(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    match (parts.as_slice(), lengths.as_slice()) {
        ([year, month, day, ..], [4, 1..=2, 1..=2, ..]) => {
            Some(format!("{year}{month:0>2}{day:0>2}"))
        }
        ([day, month, year], [1..=2, 1..=2, 4]) => Some(format!("{year}{month:0>2}{day:0>2}")),
        _ => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            (digits.len() == 8).then_some(digits)
        }
    }
}

/// The text of a value that is not one.
pub(super) fn text_of(value: &Value) -> Option<String> {
    (!value.is_null()).then(|| value.to_string())
}

/// The words of a text: letters and digits, apostrophes left out, each once, at most `most`.
pub(super) fn words(text: &str, most: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let bare = text.replace('\'', "");
    for word in bare.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if found.len() < most && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
    }
    found
}

/// The first characters of a text.
pub(super) fn first(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(at, _)| &text[..at])
}

/// The last characters of a text.
pub(super) fn last(text: &str, characters: usize) -> &str {
    let Some(before) = characters.checked_sub(1) else { return "" };
    text.char_indices().nth_back(before).map_or(text, |(at, _)| &text[at..])
}

/// The part of a postcode that names the delivery office: before the space, or two digits.
pub(super) fn outward(postcode: &str) -> &str {
    match postcode.bytes().all(|b| b.is_ascii_digit()) {
        true => first(postcode, 2),
        false => postcode.split(' ').next().unwrap_or(postcode),
    }
}

/// The part of a postcode that names the region: its leading letters, or one digit.
pub(super) fn area(postcode: &str) -> &str {
    match postcode.bytes().position(|b| b.is_ascii_digit()) {
        Some(0) => first(postcode, 1),
        Some(digit) => &postcode[..digit],
        None => postcode,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_any_order_are_eight_digits() {
        for text in ["1980-02-01", "19800201", "1.2.1980", "1980-2-1", "1980-02-01 00:00:00"] {
            assert_eq!(normal(Role::Date, text).as_deref(), Some("19800201"), "{text}");
        }
        assert_eq!(normal(Role::Date, " About 1980 ").as_deref(), Some("about 1980"));
        assert_eq!(normal(Role::Place, "  "), None);
    }

    #[test]
    fn words_are_distinct_and_without_apostrophes() {
        assert_eq!(words("o'brien, 1st baron o'brien", 12), ["obrien", "1st", "baron"]);
        assert_eq!(words("a b c", 2), ["a", "b"]);
    }

    #[test]
    fn parts_respect_characters() {
        assert_eq!((first("éva", 1), last("joé", 1), last("jo", 3)), ("é", "é", "jo"));
        assert_eq!((outward("tq13 8df"), area("tq13 8df")), ("tq13", "tq"));
        assert_eq!((outward("4223"), area("4223")), ("42", "4"));
    }
}
