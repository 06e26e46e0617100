//! Names of persons, for comparing: folded, first name first, without titles, credentials,
//! nicknames in quotes and notes in parentheses. `Dr. DOE, Jane (R), MBA` is `jane doe`.

use super::{Cleaned, Context, Rule, is_placeholder};
use crate::fold::fold;

pub(super) const RULE: Rule = Rule {
    name: "person_name",
    about: "a person's name for comparing: folded, first name first, no titles or credentials",
    passing: ("Dr. DOE, Jane \"Janie\" (R), MBA", "jane doe"),
    failing: Some("n/a"),
    apply,
};

const TITLES: [&str; 10] = ["mr", "mrs", "ms", "miss", "dr", "prof", "sir", "rev", "hon", "capt"];

/// Suffixes and credentials; compared without points, so `Ph.D.` is `phd`.
/// None of them is a surname that people bear.
const CREDENTIALS: [&str; 40] = [
    "jr",
    "sr",
    "ii",
    "iii",
    "iv",
    "phd",
    "md",
    "esq",
    "mba",
    "cpa",
    "realtor",
    "realtors",
    "broker",
    "associate",
    "agent",
    "licensed",
    "salesperson",
    "abr",
    "crs",
    "gri",
    "sres",
    "srs",
    "epro",
    "e-pro",
    "clhms",
    "cne",
    "cips",
    "psa",
    "mrp",
    "ahwd",
    "abrm",
    "crb",
    "sfr",
    "cdpe",
    "bpor",
    "rsps",
    "pmn",
    "lmc",
    "c2ex",
    "dre",
];

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let folded = fold(&without_asides(text));
    let words = in_natural_order(&folded);
    if words.is_empty() {
        return Cleaned::Dropped("names nobody");
    }
    Cleaned::Kept(words.join(" ").into())
}

/// Cuts `(...)`, `[...]`, `"..."` and trade marks.
fn without_asides(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut until = None;
    for c in text.chars() {
        match (until, c) {
            (Some(end), c) if c == end => until = None,
            (Some(_), _) => {}
            (None, '(') => until = Some(')'),
            (None, '[') => until = Some(']'),
            (None, '"') => until = Some('"'),
            (None, '“' | '”') => until = Some('”'),
            (None, '®' | '™' | '©' | '*') => {}
            (None, c) => out.push(c),
        }
    }
    // An aside that never ends was a stray sign, not an aside.
    if until.is_some() { text.replace(['(', '[', '"', '“', '”'], " ") } else { out }
}

/// The words of the name, first name first: `doe, jane` was turned round, `doe, realtor` not.
fn in_natural_order(folded: &str) -> Vec<String> {
    let parts = folded.split(',').enumerate();
    let mut parts = parts.map(|(i, part)| untitled(words(part, i == 0))).filter(|p| !p.is_empty());
    let first = parts.next().unwrap_or_default();
    let mut rest: Vec<Vec<String>> = parts.collect();
    rest.retain(|part| !part.iter().all(|word| is_credential(word)));
    let swapped = if rest.is_empty() { first } else { [rest.concat(), first].concat() };
    strip(swapped)
}

fn words(part: &str, begins_name: bool) -> Vec<String> {
    let signs = |c: char| c.is_whitespace() || matches!(c, '.' | '/' | '|' | ';' | ':' | '&' | '+');
    // `m.d.` is a credential, but at the beginning of a name `j.r.` are initials.
    let joined = part.split_whitespace().enumerate().map(|(i, word)| {
        let bare: String = word.chars().filter(|c| *c != '.').collect();
        if (i > 0 || !begins_name) && is_credential(&bare) { bare } else { word.to_owned() }
    });
    let pieces = joined
        .flat_map(|word| word.split(signs).map(|w| trimmed(w).to_owned()).collect::<Vec<_>>());
    pieces.filter(|word| !word.is_empty()).collect()
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn untitled(mut words: Vec<String>) -> Vec<String> {
    while words.len() > 1 && TITLES.contains(&words[0].as_str()) {
        words.remove(0);
    }
    words
}

/// Drops credentials at the end, but never the whole name.
fn strip(mut words: Vec<String>) -> Vec<String> {
    while words.len() > 1 && words.last().is_some_and(|word| is_credential(word)) {
        words.pop();
    }
    words
}

fn is_credential(word: &str) -> bool {
    CREDENTIALS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_meet() {
        for (raw, expected) in [
            ("Jane Doe", "jane doe"),
            ("DOE, JANE", "jane doe"),
            ("Doe, Jane A.", "jane a doe"),
            ("Jane Doe, Realtor®", "jane doe"),
            ("Jane Doe, Ph.D., ABR, CRS", "jane doe"),
            ("John Smith Jr.", "john smith"),
            ("Smith, John, Jr.", "john smith"),
            ("İbrahim ŞAHİN", "ibrahim sahin"),
            ("Seán O’Brien (R)", "sean o'brien"),
            ("Anna-Lena  Groß", "anna-lena gross"),
            ("J.R. Ewing", "j r ewing"),
            ("Madonna", "madonna"),
            ("Robert \"Bob Smith", "robert bob smith"),
        ] {
            assert_eq!(apply(raw, &Context::default()), Cleaned::Kept(expected.into()), "{raw}");
        }
    }
}
