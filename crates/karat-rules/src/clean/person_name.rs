//! Names of persons, for comparing: folded, first name first, without titles, credentials,
//! nicknames in quotes and notes in parentheses. `Dr. DOE, Jane (R), MBA` is `jane doe`.

use std::borrow::Cow;

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
    match plain(text) {
        Plain::Clean => return Cleaned::Kept(Cow::Borrowed(text)),
        Plain::Capitals => return Cleaned::Kept(text.to_ascii_lowercase().into()),
        Plain::Not => {}
    }
    let folded = fold(&without_asides(text));
    let words = in_natural_order(&folded);
    if words.is_empty() {
        return Cleaned::Dropped("names nobody");
    }
    Cleaned::Kept(words.join(" ").into())
}

/// Whether a name needs no more than lower case: the names of most people in most files.
enum Plain {
    Clean,
    Capitals,
    Not,
}

fn plain(text: &str) -> Plain {
    let mut capitals = false;
    // As if a blank stood before the name: each word has to begin and to end with a letter.
    let mut before = b' ';
    for byte in text.bytes() {
        let is_letter = byte.is_ascii_alphabetic();
        let joins = matches!(byte, b' ' | b'-' | b'\'') && before.is_ascii_alphabetic();
        let follows = before.is_ascii_alphabetic() || matches!(before, b' ' | b'-' | b'\'');
        if !(joins || is_letter && follows) {
            return Plain::Not;
        }
        capitals |= byte.is_ascii_uppercase();
        before = byte;
    }
    let ends = |(first, rest): (&str, &str)| {
        let last = rest.rsplit(' ').next().unwrap_or(rest);
        is_one_of(first, &TITLES) || is_one_of(last, &CREDENTIALS)
    };
    match before.is_ascii_alphabetic() && !text.split_once(' ').is_some_and(ends) {
        false => Plain::Not,
        true if capitals => Plain::Capitals,
        true => Plain::Clean,
    }
}

/// Whether a word is one of these, in whatever case; none of them is longer than a few letters.
fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
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
    use super::super::check;
    use super::*;

    #[test]
    fn spellings_of_one_name_meet() {
        check(
            &RULE,
            "US",
            &[
                ("Jane Doe", "jane doe"),
                ("jane doe", "jane doe"),
                ("DOE, JANE", "jane doe"),
                ("Doe, Jane A.", "jane a doe"),
                ("van der Berg, Jan", "jan van der berg"),
                ("de la Cruz, María José", "maria jose de la cruz"),
                ("Mr Jane Doe", "jane doe"),
                ("Jane Doe PhD", "jane doe"),
                ("Jane Doe, Realtor®", "jane doe"),
                ("Jane Doe, Ph.D., ABR, CRS", "jane doe"),
                ("John Smith Jr.", "john smith"),
                ("Smith, John, Jr.", "john smith"),
                ("Smith Jr., John", "john smith"),
                ("İbrahim ŞAHİN", "ibrahim sahin"),
                ("Seán O’Brien (R)", "sean o'brien"),
                ("Anna-Lena  Groß", "anna-lena gross"),
                ("J.R. Ewing", "j r ewing"),
                ("-Jane- Doe", "jane doe"),
                ("Madonna", "madonna"),
                ("Robert \"Bob Smith", "robert bob smith"),
                ("***", "no: names nobody"),
                ("N/A", "no: is a placeholder"),
            ],
        );
    }

    #[test]
    fn the_short_way_and_the_long_way_say_the_same() {
        for name in ["Jane Doe", "Mr X", "jane o'neil", "Mary-Ann md", "Dr", "A-'b", "Jr John"] {
            let long = in_natural_order(&fold(&without_asides(name))).join(" ");
            assert_eq!(RULE.apply(name, &Context::default()), Cleaned::Kept(long.into()), "{name}");
        }
    }
}
