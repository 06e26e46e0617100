//! Cleaning rules: each takes one text and gives back its clean form, or says why there is
//! none. `ALL` lists them by the name that dataset and entity files use.

mod company_domain;
mod date;
mod digits;
mod email;
mod folded;
mod person_name;
mod phone;
mod postcode;
mod sorted_words;
mod state;
mod street;
mod whitespace;

use std::borrow::Cow;

/// What a rule made of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cleaned<'a> {
    /// The clean form.
    Kept(Cow<'a, str>),
    /// No usable value: why, in a few words without the value (`is a placeholder`).
    Dropped(&'static str),
}

/// What the rules need to know about the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// ISO 3166 code of the country whose numbers are written without country code.
    pub region: String,
}

impl Default for Context {
    fn default() -> Self {
        Context { region: "US".to_owned() }
    }
}

/// One cleaning rule.
pub struct Rule {
    /// Its name in dataset and entity files.
    pub name: &'static str,
    /// One sentence for people.
    pub about: &'static str,
    /// A text it cleans and the result.
    pub passing: (&'static str, &'static str),
    /// A text it drops, where it drops any.
    pub failing: Option<&'static str>,
    apply: for<'a> fn(&'a str, &Context) -> Cleaned<'a>,
}

impl Rule {
    /// The clean form of `text`.
    pub fn apply<'a>(&self, text: &'a str, context: &Context) -> Cleaned<'a> {
        (self.apply)(text, context)
    }
}

/// All rules, in the order of their documentation.
pub static ALL: [Rule; 13] = [
    whitespace::RULE,
    folded::RULE,
    digits::RULE,
    email::RULE,
    phone::RULE,
    person_name::RULE,
    sorted_words::RULE,
    company_domain::RULE,
    date::MONTH_FIRST,
    date::DAY_FIRST,
    street::RULE,
    state::RULE,
    postcode::RULE,
];

/// The rule of that name.
pub fn named(name: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| rule.name == name)
}

/// Words that people type where there is nothing to say.
pub(crate) fn is_placeholder(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "n/a",
        "na",
        "none",
        "null",
        "nil",
        "unknown",
        "not found",
        "not available",
        "tbd",
        "tba",
        "-",
        "--",
        ".",
        "x",
    ];
    let text = text.trim();
    text.is_empty() || WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_does_what_its_own_examples_say() {
        let context = Context::default();
        for rule in &ALL {
            let (raw, clean) = rule.passing;
            assert_eq!(rule.apply(raw, &context), Cleaned::Kept(clean.into()), "{}", rule.name);
            if let Some(raw) = rule.failing {
                let dropped = matches!(rule.apply(raw, &context), Cleaned::Dropped(_));
                assert!(dropped, "{} keeps {raw}", rule.name);
            }
        }
    }

    #[test]
    fn cleaning_twice_changes_nothing() {
        let context = Context::default();
        let texts = ["  Dr. Jane  O'Neil, Realtor ", "JANE@Example.COM", "(212) 555-0100 x5"];
        for rule in &ALL {
            for text in texts {
                let Cleaned::Kept(once) = rule.apply(text, &context) else { continue };
                assert_eq!(
                    rule.apply(&once, &context),
                    Cleaned::Kept(once.clone()),
                    "{}",
                    rule.name
                );
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::HashSet<_> = ALL.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
