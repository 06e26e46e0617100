//! Digits alone, for identifiers that people group as they like.

use super::{Cleaned, Context, Rule};

pub(super) const RULE: Rule = Rule {
    name: "digits",
    about: "keeps the digits and drops all else",
    passing: ("12-34 56", "123456"),
    failing: Some("none"),
    apply,
};

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() { Cleaned::Dropped("has no digit") } else { Cleaned::Kept(digits.into()) }
}
