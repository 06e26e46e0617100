//! Parts of an address line: the unit within a building, and the post office box.

use super::{Cleaned, Context, Rule, is_placeholder};
use crate::fold::fold;

pub(super) const UNIT: Rule = Rule {
    name: "address_unit",
    about: "the unit of an address line, such as apt 4b or ste 200",
    passing: ("12 Main St, Apartment 4B", "apt 4b"),
    failing: Some("12 Main St"),
    apply: |text, _: &Context| part(text, unit, "names no unit"),
};

pub(super) const PO_BOX: Rule = Rule {
    name: "po_box",
    about: "the post office box of an address line, as po box 123",
    passing: ("P.O. Box 123, Springfield", "po box 123"),
    failing: Some("12 Main St"),
    apply: |text, _: &Context| part(text, po_box, "names no post office box"),
};

/// Words before a unit and how they are written (USPS Publication 28, appendix C2).
const UNITS: [(&str, &str); 16] = [
    ("apartment", "apt"),
    ("apt", "apt"),
    ("suite", "ste"),
    ("ste", "ste"),
    ("unit", "unit"),
    ("floor", "fl"),
    ("fl", "fl"),
    ("room", "rm"),
    ("rm", "rm"),
    ("building", "bldg"),
    ("bldg", "bldg"),
    ("lot", "lot"),
    ("space", "spc"),
    ("spc", "spc"),
    ("trailer", "trlr"),
    ("#", "#"),
];

fn part<'a>(
    text: &'a str,
    find: fn(&[&str]) -> Option<String>,
    missing: &'static str,
) -> Cleaned<'a> {
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let folded = fold(text).replace('.', "").replace('#', " # ");
    let is_sign = |c: char| !(c.is_alphanumeric() || c == '#' || c == '-');
    let words: Vec<&str> = folded.split(is_sign).filter(|word| !word.is_empty()).collect();
    match find(&words) {
        Some(found) => Cleaned::Kept(found.into()),
        None => Cleaned::Dropped(missing),
    }
}

/// The last word for a unit with what follows it; `apt # 4` is `apt 4`.
fn unit(words: &[&str]) -> Option<String> {
    let named = |word: &str| UNITS.iter().find(|(long, _)| *long == word).map(|(_, short)| *short);
    for (at, word) in words.iter().enumerate().rev() {
        let Some(short) = named(word) else { continue };
        let Some(number) = words[at + 1..].iter().find(|word| **word != "#") else { continue };
        let before = at.checked_sub(1).and_then(|at| named(words[at]));
        let short = if short == "#" { before.unwrap_or("#") } else { short };
        if number.len() <= 6 && (number.len() == 1 || number.bytes().any(|b| b.is_ascii_digit())) {
            return Some(format!("{short} {number}"));
        }
    }
    None
}

/// `po box 1`, `p o box 1`, `post office box 1`, `pob 1`, `box 1` at the beginning.
fn po_box(words: &[&str]) -> Option<String> {
    let forms: [&[&str]; 5] =
        [&["po", "box"], &["p", "o", "box"], &["post", "office", "box"], &["pobox"], &["pob"]];
    let numbered = |rest: &[&str]| {
        let number = rest.iter().find(|word| **word != "#")?;
        number.bytes().any(|b| b.is_ascii_digit()).then(|| format!("po box {number}"))
    };
    for at in 0..words.len() {
        let form = forms.iter().find(|form| words[at..].starts_with(form));
        if let Some(found) = form.and_then(|form| numbered(&words[at + form.len()..])) {
            return Some(found);
        }
    }
    match words {
        ["box", rest @ ..] => numbered(rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn units_are_found_at_the_end_of_a_line() {
        let no = "no: names no unit";
        check(
            &UNIT,
            "US",
            &[
                ("12 Main St Apt 4B", "apt 4b"),
                ("12 Main St, Apt. 4-B", "apt 4-b"),
                ("12 Main St #4", "# 4"),
                ("12 Main St Apt #4", "apt 4"),
                ("Suite 200", "ste 200"),
                ("12 Main St, Ste. 200", "ste 200"),
                ("12 Main St Unit C", "unit c"),
                ("12 Main St Floor 3", "fl 3"),
                ("12 Main St Bldg 2 Apt 5", "apt 5"),
                ("Lot 7 Oak Park", "lot 7"),
                ("12 Main St", no),
                ("12 Unit Street", no),
                ("12 Main St Apt", no),
                ("12 Parking Lot Rd", no),
                ("", "no: is a placeholder"),
            ],
        );
    }

    #[test]
    fn post_office_boxes_are_found() {
        let no = "no: names no post office box";
        check(
            &PO_BOX,
            "US",
            &[
                ("PO Box 123", "po box 123"),
                ("P.O. Box 123", "po box 123"),
                ("P. O. Box 123", "po box 123"),
                ("p o box 123", "po box 123"),
                ("POB 123", "po box 123"),
                ("Post Office Box 123", "po box 123"),
                ("Box 123", "po box 123"),
                ("PO Box #123", "po box 123"),
                ("PO BOX 12-A", "po box 12-a"),
                ("12 Main St, PO Box 9", "po box 9"),
                ("12 Box St", no),
                ("PO Box", no),
                ("Boxwood 12", no),
                ("12 Main St", no),
                ("n/a", "no: is a placeholder"),
            ],
        );
    }
}
