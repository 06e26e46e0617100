//! Names of companies, for comparing. Conservative: the legal form stays, written one way, as
//! two companies may differ in nothing else.

use super::{Cleaned, Context, Rule, is_placeholder};
use crate::fold::fold;

pub(super) const RULE: Rule = Rule {
    name: "company_name",
    about: "a company's name for comparing: folded, no punctuation, its legal form one way",
    passing: ("The Smith & Sons Co., L.L.C.", "the smith and sons co llc"),
    failing: Some("n/a"),
    apply,
};

/// Legal forms, which are folded only after the first word, and what they are written as.
const FORMS: [(&str, &str); 22] = [
    ("incorporated", "inc"),
    ("corporation", "corp"),
    ("company", "co"),
    ("limited liability company", "llc"),
    ("limited liability partnership", "llp"),
    ("limited partnership", "lp"),
    ("public limited company", "plc"),
    ("limited", "ltd"),
    ("l l c", "llc"),
    ("l l p", "llp"),
    ("l p", "lp"),
    ("p l c", "plc"),
    ("proprietary", "pty"),
    ("gesellschaft mit beschrankter haftung", "gmbh"),
    ("aktiengesellschaft", "ag"),
    ("g m b h", "gmbh"),
    ("s a r l", "sarl"),
    ("s a s", "sas"),
    ("s r l", "srl"),
    ("s p a", "spa"),
    ("anonim sirketi", "as"),
    ("limited sirketi", "ltd sti"),
];

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let mut spaced = String::with_capacity(text.len() + 4);
    for c in fold(text).chars() {
        match c {
            '&' | '+' => spaced.push_str(" and "),
            '\'' => {}
            c if c.is_alphanumeric() => spaced.push(c),
            _ => spaced.push(' '),
        }
    }
    let words: Vec<&str> = spaced.split_whitespace().collect();
    match words.as_slice() {
        [] => Cleaned::Dropped("names no company"),
        [first, rest @ ..] => Cleaned::Kept(with_forms(first, rest).into()),
    }
}

/// The words with the longest legal form at the end of them written one way, and the one before
/// that too: `Company Limited` is `co ltd`.
fn with_forms(first: &str, rest: &[&str]) -> String {
    let mut left = rest;
    let mut forms: Vec<&str> = Vec::new();
    for _ in 0..2 {
        let fits = |(long, _): &&(&str, &str)| {
            let words = long.split(' ').count();
            left.len() >= words && left[left.len() - words..].iter().copied().eq(long.split(' '))
        };
        let longest = FORMS.iter().filter(fits).max_by_key(|(long, _)| long.split(' ').count());
        let Some((long, short)) = longest else { break };
        left = &left[..left.len() - long.split(' ').count()];
        forms.insert(0, short);
    }
    let words = std::iter::once(first).chain(left.iter().copied()).chain(forms);
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn spellings_of_one_company_meet_and_forms_stay_apart() {
        check(
            &RULE,
            "US",
            &[
                ("Acme, Inc.", "acme inc"),
                ("ACME Incorporated", "acme inc"),
                ("Acme Corporation", "acme corp"),
                ("Acme Company Limited", "acme co ltd"),
                ("Acme L.L.C.", "acme llc"),
                ("Acme Limited Liability Company", "acme llc"),
                ("Acme LLC", "acme llc"),
                ("Smith & Sons", "smith and sons"),
                ("Smith + Sons", "smith and sons"),
                ("McDonald’s", "mcdonalds"),
                ("Müller G.m.b.H.", "muller gmbh"),
                ("Yılmaz Anonim Şirketi", "yilmaz as"),
                ("Dow Chemical Company", "dow chemical co"),
                ("Company", "company"),
                ("Limited Brands", "limited brands"),
                ("Coca-Cola", "coca cola"),
                ("...", "no: names no company"),
                ("n/a", "no: is a placeholder"),
            ],
        );
    }
}
