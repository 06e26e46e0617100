//! States of the US as their two letters.

use super::{Cleaned, Context, Rule, is_placeholder};
use crate::fold::fold;

pub(super) const RULE: Rule = Rule {
    name: "us_state",
    about: "a state of the US as its two letters",
    passing: (" New  york", "NY"),
    failing: Some("Ontario"),
    apply,
};

/// Codes and names (ANSI INCITS 38), with the District of Columbia and Puerto Rico.
const STATES: [(&str, &str); 52] = [
    ("AL", "alabama"),
    ("AK", "alaska"),
    ("AZ", "arizona"),
    ("AR", "arkansas"),
    ("CA", "california"),
    ("CO", "colorado"),
    ("CT", "connecticut"),
    ("DE", "delaware"),
    ("DC", "district of columbia"),
    ("FL", "florida"),
    ("GA", "georgia"),
    ("HI", "hawaii"),
    ("ID", "idaho"),
    ("IL", "illinois"),
    ("IN", "indiana"),
    ("IA", "iowa"),
    ("KS", "kansas"),
    ("KY", "kentucky"),
    ("LA", "louisiana"),
    ("ME", "maine"),
    ("MD", "maryland"),
    ("MA", "massachusetts"),
    ("MI", "michigan"),
    ("MN", "minnesota"),
    ("MS", "mississippi"),
    ("MO", "missouri"),
    ("MT", "montana"),
    ("NE", "nebraska"),
    ("NV", "nevada"),
    ("NH", "new hampshire"),
    ("NJ", "new jersey"),
    ("NM", "new mexico"),
    ("NY", "new york"),
    ("NC", "north carolina"),
    ("ND", "north dakota"),
    ("OH", "ohio"),
    ("OK", "oklahoma"),
    ("OR", "oregon"),
    ("PA", "pennsylvania"),
    ("PR", "puerto rico"),
    ("RI", "rhode island"),
    ("SC", "south carolina"),
    ("SD", "south dakota"),
    ("TN", "tennessee"),
    ("TX", "texas"),
    ("UT", "utah"),
    ("VT", "vermont"),
    ("VA", "virginia"),
    ("WA", "washington"),
    ("WV", "west virginia"),
    ("WI", "wisconsin"),
    ("WY", "wyoming"),
];

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    // Most files write codes.
    if text.len() == 2 && STATES.iter().any(|(code, _)| *code == text) {
        return Cleaned::Kept(text.into());
    }
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let letters: String = fold(text).chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
    let words = letters.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_it = |(code, name): &&(&str, &str)| code.eq_ignore_ascii_case(&words) || *name == words;
    match STATES.iter().find(is_it) {
        Some((code, _)) => Cleaned::Kept((*code).into()),
        None => Cleaned::Dropped("is no state of the US"),
    }
}
