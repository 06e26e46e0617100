//! Streets, for comparing: folded, with the usual abbreviations written one way.

use super::{Cleaned, Context, Rule, is_placeholder};
use crate::fold::fold;

pub(super) const RULE: Rule = Rule {
    name: "street",
    about: "a street with its number, folded, its usual words abbreviated",
    passing: ("12 N. Main Street, Apartment 4B", "12 n main st apt 4b"),
    failing: Some("n/a"),
    apply,
};

/// Words and their abbreviations (USPS Publication 28, appendices B and C2).
const SHORT: [(&str, &str); 39] = [
    ("alley", "aly"),
    ("apartment", "apt"),
    ("avenue", "ave"),
    ("av", "ave"),
    ("boulevard", "blvd"),
    ("building", "bldg"),
    ("circle", "cir"),
    ("court", "ct"),
    ("crossing", "xing"),
    ("drive", "dr"),
    ("east", "e"),
    ("floor", "fl"),
    ("heights", "hts"),
    ("highway", "hwy"),
    ("junction", "jct"),
    ("lane", "ln"),
    ("mount", "mt"),
    ("north", "n"),
    ("northeast", "ne"),
    ("northwest", "nw"),
    ("parkway", "pkwy"),
    ("place", "pl"),
    ("plaza", "plz"),
    ("ridge", "rdg"),
    ("road", "rd"),
    ("room", "rm"),
    ("route", "rte"),
    ("south", "s"),
    ("southeast", "se"),
    ("southwest", "sw"),
    ("square", "sq"),
    ("street", "st"),
    ("str", "st"),
    ("suite", "ste"),
    ("terrace", "ter"),
    ("trail", "trl"),
    ("unit", "unit"),
    ("way", "way"),
    ("west", "w"),
];

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let folded = fold(text);
    let is_sign = |c: char| !(c.is_alphanumeric() || c == '\'' || c == '/');
    let words = folded.split(is_sign).filter(|word| !word.is_empty());
    let short = |word| SHORT.iter().find(|(long, _)| *long == word).map_or(word, |(_, s)| *s);
    let words: Vec<&str> = words.map(short).collect();
    let street = words.join(" ");
    match is_placeholder(&street) {
        true => Cleaned::Dropped("names no street"),
        false => Cleaned::Kept(street.into()),
    }
}
