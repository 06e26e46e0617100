//! Provinces and territories of Canada as their two letters.

use super::{Cleaned, Context, Rule, is_placeholder};
use crate::fold::fold;

pub(super) const RULE: Rule = Rule {
    name: "ca_province",
    about: "a province or territory of Canada as its two letters",
    passing: ("Québec", "QC"),
    failing: Some("Texas"),
    apply,
};

/// Codes of Canada Post and names in English and French, folded; older short forms too.
const PROVINCES: [(&str, &[&str]); 13] = [
    ("AB", &["alberta", "alta"]),
    ("BC", &["british columbia", "colombie britannique"]),
    ("MB", &["manitoba"]),
    ("NB", &["new brunswick", "nouveau brunswick"]),
    ("NL", &["newfoundland and labrador", "newfoundland", "terre neuve et labrador", "nfld"]),
    ("NS", &["nova scotia", "nouvelle ecosse"]),
    ("NT", &["northwest territories", "territoires du nord ouest", "nwt"]),
    ("NU", &["nunavut"]),
    ("ON", &["ontario", "ont"]),
    ("PE", &["prince edward island", "ile du prince edouard", "pei"]),
    ("QC", &["quebec", "que", "pq"]),
    ("SK", &["saskatchewan", "sask"]),
    ("YT", &["yukon", "yukon territory"]),
];

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let folded = fold(text).replace('&', " and ").replace('.', "");
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let words = words.join(" ");
    let is_it = |(code, names): &&(&str, &[&str])| {
        code.eq_ignore_ascii_case(&words) || names.contains(&words.as_str())
    };
    match PROVINCES.iter().find(is_it) {
        Some((code, _)) => Cleaned::Kept((*code).into()),
        None => Cleaned::Dropped("is no province of Canada"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn provinces_are_known_by_code_and_name() {
        check(
            &RULE,
            "CA",
            &[
                ("ON", "ON"),
                ("on", "ON"),
                ("Ontario", "ON"),
                ("Ont.", "ON"),
                ("B.C.", "BC"),
                ("British  Columbia", "BC"),
                ("Québec", "QC"),
                ("QUEBEC", "QC"),
                ("Newfoundland & Labrador", "NL"),
                ("P.E.I.", "PE"),
                ("Île-du-Prince-Édouard", "PE"),
                ("Nova Scotia", "NS"),
                ("Yukon", "YT"),
                ("NU", "NU"),
                ("New York", "no: is no province of Canada"),
                ("Ontari", "no: is no province of Canada"),
                ("n/a", "no: is a placeholder"),
            ],
        );
    }
}
