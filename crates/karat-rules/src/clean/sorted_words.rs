//! Words in alphabetical order, for comparing texts whose word order says nothing.

use super::{Cleaned, Context, Rule};

pub(super) const RULE: Rule = Rule {
    name: "sorted_words",
    about: "the words in alphabetical order, for comparing without regard to order",
    passing: ("jane ann doe", "ann doe jane"),
    failing: Some("  "),
    apply,
};

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    words.sort_unstable();
    if words.is_empty() {
        return Cleaned::Dropped("is blank");
    }
    Cleaned::Kept(words.join(" ").into())
}
