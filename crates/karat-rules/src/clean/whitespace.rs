//! White space: trimmed, and runs of it (no-break and zero-width too) become one blank.

use std::borrow::Cow;

use super::{Cleaned, Context, Rule};

pub(super) const RULE: Rule = Rule {
    name: "whitespace",
    about: "trims, and makes one blank of each run of white space",
    passing: ("  Jane \u{a0} Doe\u{200b} ", "Jane Doe"),
    failing: Some("  \t "),
    apply,
};

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    let text = squeeze(text);
    if text.is_empty() { Cleaned::Dropped("is blank") } else { Cleaned::Kept(text) }
}

/// The text without blanks around it and with single blanks inside.
pub(super) fn squeeze(text: &str) -> Cow<'_, str> {
    let is_blank = |c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}');
    let trimmed = text.trim_matches(is_blank);
    let mut last_blank = false;
    let clean = trimmed.chars().all(|c| {
        let blank = is_blank(c);
        let fine = !blank || c == ' ' && !last_blank;
        last_blank = blank;
        fine
    });
    if clean {
        return Cow::Borrowed(trimmed);
    }
    let words: Vec<&str> = trimmed.split(is_blank).filter(|word| !word.is_empty()).collect();
    Cow::Owned(words.join(" "))
}
