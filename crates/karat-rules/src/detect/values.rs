//! Whether the values of a column are what a declaration says: read as its load would read them.

use karat_record::Type;

use super::Column;
use crate::clean::{Cleaned, Context, Rule};
use crate::profile::{ColumnProfile, Kind};
use crate::read::read;

/// Of the values of a column, how many are as declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    pub fits: u64,
    /// At least one.
    pub of: u64,
}

/// The share of values that is as good as all: a few broken cells make no other column.
const ENOUGH: f64 = 0.95;

/// A column of which fewer are as declared is another one.
const CONTRADICTED: f64 = 0.5;

impl Fit {
    /// From 0 to 1.
    pub fn share(self) -> f64 {
        self.fits as f64 / self.of as f64
    }

    /// How much it agrees with the declaration, 0 to 1: all of it where nearly all values fit.
    pub fn agreement(self) -> f64 {
        if self.share() >= ENOUGH { 1.0 } else { self.share() }
    }

    /// Whether most values say that it is another column.
    pub fn contradicts(self) -> bool {
        self.share() < CONTRADICTED
    }
}

/// Rules that take a part out of a text, which few texts have.
const OF_PARTS: [&str; 3] = ["address_unit", "phone_extension", "po_box"];

/// Texts of which a declaration refuses at least one, if it says anything.
const PROBES: [&str; 6] = ["lorem ipsum", "12", "3.5", "2024-01-31", "true", "a@example.org"];

/// Whether the declaration of a column says anything about its values: a text may be anything.
pub fn is_telling(column: &Column, context: &Context) -> bool {
    PROBES.iter().any(|probe| !is_as_declared(column, probe, context))
}

/// How many of the values are as declared; nothing where the declaration says nothing of them,
/// and where there are none. `nulls` are texts that mean no value.
pub fn fit(
    column: &Column,
    profile: &ColumnProfile,
    nulls: &[String],
    context: &Context,
) -> Option<Fit> {
    if !is_telling(column, context) {
        return None;
    }
    let mut fit = Fit { fits: 0, of: 0 };
    for value in profile.values.top(usize::MAX) {
        if nulls.contains(&value.text) {
            continue;
        }
        fit.of += value.least;
        fit.fits += if is_as_declared(column, &value.text, context) { value.least } else { 0 };
    }
    (fit.of > 0).then_some(fit)
}

fn is_as_declared(column: &Column, text: &str, context: &Context) -> bool {
    let kind = column.kind.unwrap_or(Type::Text);
    // A profile keeps the beginning of a long text, which is no whole document.
    if kind == Type::Json && text.len() > LONG {
        return text.starts_with(['{', '[']);
    }
    match &column.split {
        Some(signs) => {
            let mut parts = text.split(|c| signs.contains(c)).map(str::trim);
            parts.any(|part| !part.is_empty() && is_kept(column, part, context).is_some())
        }
        None if kind == Type::List => true,
        None => is_kept(column, text, context).is_some_and(|text| read(kind, &text).is_ok()),
    }
}

/// Bytes beyond which a profile may have cut a text.
const LONG: usize = 190;

/// The text as the rules clean it; `None` where one of them drops it.
fn is_kept(column: &Column, text: &str, context: &Context) -> Option<String> {
    let mut text = text.to_owned();
    for rule in column.clean.iter().filter(|rule| !OF_PARTS.contains(&rule.name)) {
        match rule.apply(&text, context) {
            Cleaned::Kept(clean) => text = clean.into_owned(),
            // A shared mailbox is no person's, and yet what a column of e-mails has.
            Cleaned::Dropped(_) if is_email(rule) && looks_like_email(&text) => {}
            Cleaned::Dropped(_) => return None,
        }
    }
    Some(text)
}

fn is_email(rule: &Rule) -> bool {
    rule.name.starts_with("email")
}

fn looks_like_email(text: &str) -> bool {
    crate::profile::look(text).is(Kind::Email)
}

/// What the values of a column are called, as its declaration has them: `dates`.
pub fn noun(column: &Column) -> String {
    let named = |rule: &&&'static Rule| !OF_PARTS.contains(&rule.name);
    match column.kind.unwrap_or(Type::Text) {
        Type::Integer => "whole numbers",
        Type::Double | Type::Numeric => "numbers",
        Type::Boolean => "true or false",
        Type::Date => "dates",
        Type::Timestamp => "times",
        Type::Uuid => "UUIDs",
        Type::Json => "JSON",
        Type::Text | Type::List => match column.clean.iter().rfind(named).map(|rule| rule.name) {
            Some("email" | "email_address") => "e-mail addresses",
            Some("phone" | "phones") => "phone numbers",
            Some("url" | "domain") => "web addresses",
            Some("postcode") => "postcodes",
            Some(name) if name.starts_with("date") => "dates",
            Some(name) if name.starts_with("money") => "amounts of money",
            Some(name) if name.starts_with("percent") => "percentages",
            Some(name) if name.starts_with("number") => "numbers",
            Some(name) => return format!("what {name} cleans"),
            None => "texts",
        },
    }
    .to_owned()
}

/// Whether values of that kind are a sign by themselves; numbers are in every file.
pub fn are_distinct(column: &Column) -> bool {
    !matches!(column.kind, Some(Type::Integer | Type::Double | Type::Numeric))
}

/// Whether the values are of a narrower kind than the declaration says: dates where any time would
/// do, numbers that are no identifiers where any text would.
pub fn are_narrower(column: &Column, name: &str, profile: &ColumnProfile) -> bool {
    match (profile.verdict(name).stored, column.kind.unwrap_or(Type::Text)) {
        (Type::Text, _) => false,
        (_, Type::Text | Type::List) => column.clean.is_empty(),
        (Type::Integer, Type::Numeric | Type::Double) | (Type::Date, Type::Timestamp) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::named;

    fn column(kind: Option<Type>, clean: &[&str], split: Option<&str>) -> Column {
        Column {
            kind,
            clean: clean.iter().filter_map(|name| named(name)).collect(),
            split: split.map(str::to_owned),
            ..Column::default()
        }
    }

    fn found(column: &Column, texts: &[&str]) -> Option<(u64, u64)> {
        let mut profile = ColumnProfile::default();
        for (row, text) in (1..).zip(texts) {
            profile.add(row, Some(text));
        }
        let nulls = ["null".to_owned()];
        fit(column, &profile, &nulls, &Context::default()).map(|fit| (fit.fits, fit.of))
    }

    #[test]
    fn values_are_read_as_the_load_reads_them() {
        let dates = column(Some(Type::Date), &["date_day_first"], None);
        assert_eq!(found(&dates, &["31.7.1984", "1.2.2020", "1.2.2020", "soon"]), Some((3, 4)));
        let pay = column(Some(Type::Numeric), &[], None);
        assert_eq!(found(&pay, &["1.5", "2", "", "n/a", "null", "much"]), Some((2, 3)));
        assert_eq!(found(&pay, &["null", ""]), None);
    }

    #[test]
    fn cleaning_rules_say_what_a_text_looks_like() {
        let mail = column(None, &["whitespace", "email"], Some(";"));
        assert_eq!(found(&mail, &["a@x.org; b@x.org", "info@x.org", "none given"]), Some((2, 3)));
        assert_eq!(noun(&mail), "e-mail addresses");
        let phone = column(None, &["phone"], None);
        assert_eq!(found(&phone, &["(212) 555-0199", "Jane Doe"]), Some((1, 2)));
    }

    #[test]
    fn a_text_says_nothing() {
        for clean in [&[][..], &["whitespace"], &["phone_extension"], &["folded"]] {
            assert_eq!(found(&column(Some(Type::Text), clean, None), &["a", "1"]), None);
        }
        assert_eq!(found(&column(Some(Type::List), &[], None), &["a", "1"]), None);
    }

    #[test]
    fn documents_that_are_cut_in_a_profile_still_are_documents() {
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(500));
        let json = column(Some(Type::Json), &[], None);
        assert_eq!(found(&json, &[&long, "{\"b\":1}", "Jane Doe"]), Some((2, 3)));
    }
}
