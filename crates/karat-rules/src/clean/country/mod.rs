//! Countries as the two letters of ISO 3166.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Cleaned, Context, Rule, is_placeholder};
use crate::fold::fold;

pub(super) const RULE: Rule = Rule {
    name: "country",
    about: "a country as its two letters of ISO 3166, by code, name or usual other name",
    passing: ("United States of America", "US"),
    failing: Some("Atlantis"),
    apply,
};

/// A country a line: its two letters, and folded what it is known by: both codes and its names.
const NAMES: &str = include_str!("names.txt");

static BY_NAME: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let names = NAMES.lines().filter_map(|line| line.split_once('|'));
    names.flat_map(|(code, names)| names.split('|').map(move |name| (name, code))).collect()
});

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    let letters: String =
        fold(text).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words = letters.split_whitespace().collect::<Vec<_>>().join(" ");
    match BY_NAME.get(words.as_str()) {
        Some(code) => Cleaned::Kept((*code).into()),
        // Only now: NA is Namibia.
        None if is_placeholder(text) => Cleaned::Dropped("is a placeholder"),
        None => Cleaned::Dropped("is no country"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn countries_are_known_by_code_and_name() {
        check(
            &RULE,
            "US",
            &[
                ("US", "US"),
                ("us", "US"),
                ("U.S.A.", "US"),
                ("USA", "US"),
                ("United States", "US"),
                ("UK", "GB"),
                ("Great Britain", "GB"),
                ("Türkiye", "TR"),
                ("Turkey", "TR"),
                ("Deutschland", "DE"),
                ("DEU", "DE"),
                ("Côte d’Ivoire", "CI"),
                ("Ivory Coast", "CI"),
                ("South Korea", "KR"),
                ("NA", "NA"),
                ("Holland", "NL"),
                ("Czech Republic", "CZ"),
                ("Korea", "no: is no country"),
                ("Congo-Léopoldville", "no: is no country"),
                ("n/a", "no: is a placeholder"),
            ],
        );
    }

    #[test]
    fn no_name_is_of_two_countries() {
        let names = NAMES.lines().flat_map(|line| line.split('|').skip(1));
        assert_eq!(names.count(), BY_NAME.len());
        assert_eq!(NAMES.lines().count(), 249);
    }
}
