//! Identifiers that are made of digits.

use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const RULE: Rule = Rule {
    name: "integer_id",
    about: "an identifier of digits, leading zeros kept; what a spreadsheet rounded drops",
    passing: (" 00123.0", "00123"),
    failing: Some("1.23E+05"),
    apply,
};

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    let text = text.trim();
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    // A leading apostrophe keeps spreadsheets from taking an identifier for a number.
    let body = text.strip_prefix('\'').unwrap_or(text);
    let whole = body.split_once('.').filter(|(_, zeros)| zeros.bytes().all(|b| b == b'0'));
    let body = whole.map_or(body, |(whole, _)| whole);
    if !body.is_empty() && body.bytes().all(|b| b.is_ascii_digit()) {
        return Cleaned::Kept(body.into());
    }
    let power = body.split_once(['e', 'E']).filter(|(number, _)| number.parse::<f64>().is_ok());
    match power {
        Some((_, power)) if power.parse::<i32>().is_ok() => {
            Cleaned::Dropped("was rounded by a spreadsheet")
        }
        _ => Cleaned::Dropped("is no number of digits alone"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn identifiers_keep_their_digits() {
        let no = "no: is no number of digits alone";
        let rounded = "no: was rounded by a spreadsheet";
        check(
            &RULE,
            "US",
            &[
                ("123", "123"),
                ("00123", "00123"),
                (" 123 ", "123"),
                ("123.0", "123"),
                ("123.", "123"),
                ("'00123", "00123"),
                ("99999999999999999999", "99999999999999999999"),
                ("0", "0"),
                ("1.23E+05", rounded),
                ("1E5", rounded),
                ("1,234", no),
                ("-5", no),
                ("12.5", no),
                ("A123", no),
                ("12 34", no),
                ("n/a", "no: is a placeholder"),
            ],
        );
    }
}
