//! Folded text: lower case without accents, single blanks; for comparing, not for showing.

use super::whitespace::squeeze;
use super::{Cleaned, Context, Rule};
use crate::fold::fold;

pub(super) const RULE: Rule = Rule {
    name: "folded",
    about: "lower case without accents, single blanks",
    passing: (" ŞİŞLİ  Cad.", "sisli cad."),
    failing: Some("  "),
    apply,
};

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    let folded = fold(&squeeze(text));
    if folded.is_empty() { Cleaned::Dropped("is blank") } else { Cleaned::Kept(folded.into()) }
}
