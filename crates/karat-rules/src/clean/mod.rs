//! Cleaning rules: each takes one text and gives back its clean form, or says why there is
//! none. `ALL` lists them by the name that dataset and entity files use.

mod address_parts;
mod boolean;
mod company_domain;
mod company_name;
mod country;
mod currency;
mod date;
mod digits;
mod email;
mod folded;
mod integer_id;
mod json;
mod money;
mod null_token;
mod number;
mod percent;
mod person_name;
mod phone;
mod postcode;
mod province;
mod sorted_words;
mod state;
mod street;
mod unicode;
mod url;
mod whitespace;
mod words;

use std::borrow::Cow;

pub use date::{Dates, dates};
pub use email::{INVENTED, is_disposable, is_invented, is_role};
pub use null_token::{TOKENS, is_null_token};
use words::Words;

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
pub static ALL: [Rule; 39] = [
    whitespace::RULE,
    unicode::RULE,
    unicode::PLAIN_QUOTES,
    null_token::RULE,
    folded::RULE,
    sorted_words::RULE,
    digits::RULE,
    integer_id::RULE,
    boolean::RULE,
    number::POINT,
    number::COMMA,
    percent::POINT,
    percent::COMMA,
    money::POINT,
    money::COMMA,
    currency::RULE,
    date::YEAR_FIRST,
    date::MONTH_FIRST,
    date::DAY_FIRST,
    date::TIME,
    date::DATETIME_MONTH_FIRST,
    date::DATETIME_DAY_FIRST,
    person_name::RULE,
    company_name::RULE,
    email::RULE,
    email::ADDRESS,
    phone::RULE,
    phone::ALL_OF_THEM,
    phone::EXTENSION,
    street::RULE,
    address_parts::UNIT,
    address_parts::PO_BOX,
    postcode::RULE,
    state::RULE,
    province::RULE,
    country::RULE,
    url::RULE,
    company_domain::RULE,
    json::RULE,
];

/// The rule of that name.
pub fn named(name: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| rule.name == name)
}

/// Words that people type where there is nothing to say.
pub const PLACEHOLDERS: [&str; 14] = [
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

pub(crate) fn is_placeholder(text: &str) -> bool {
    static WORDS: Words = Words::new(&PLACEHOLDERS);
    let text = text.trim();
    text.is_empty() || WORDS.has_in_any_case(text)
}

/// Asserts what a rule makes of each text, and that it makes the same of what it made; `no: ...`
/// is why it drops one.
#[cfg(test)]
pub(crate) fn check(rule: &Rule, region: &str, cases: &[(&str, &str)]) {
    let context = Context { region: region.to_owned() };
    for (raw, expected) in cases {
        let found = match rule.apply(raw, &context) {
            Cleaned::Kept(text) => {
                let again = Cleaned::Kept(text.clone());
                assert_eq!(rule.apply(&text, &context), again, "{} of its own {text:?}", rule.name);
                text.into_owned()
            }
            Cleaned::Dropped(why) => format!("no: {why}"),
        };
        assert_eq!(found, *expected, "{} of {raw:?}", rule.name);
    }
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
        let examples = ALL.iter().flat_map(|rule| [Some(rule.passing.0), rule.failing]);
        let texts: Vec<&str> = texts.into_iter().chain(examples.flatten()).collect();
        for rule in &ALL {
            for text in &texts {
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
    fn the_page_of_rules_lists_them_all() {
        let cell = |text: &str| {
            let seen = text.replace('\u{a0}', "\\u{a0}").replace('\t', "\\t");
            let invisible = ['\u{200b}', '\u{feff}', '\u{301}'];
            let seen = invisible
                .iter()
                .fold(seen, |text, c| text.replace(*c, &c.escape_unicode().to_string()));
            format!("`{}`", seen.replace('|', "\\|"))
        };
        let row = |rule: &Rule| {
            let dropped = rule.failing.map_or(String::new(), cell);
            let (raw, clean) = (cell(rule.passing.0), cell(rule.passing.1));
            format!("| `{}` | {} | {raw} | {clean} | {dropped} |\n", rule.name, rule.about)
        };
        let rows: String = ALL.iter().map(row).collect();
        let page = include_str!("../../../../docs/cleaning-rules.md");
        assert!(page.contains(&rows), "docs/cleaning-rules.md should list:\n{rows}");
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::HashSet<_> = ALL.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
