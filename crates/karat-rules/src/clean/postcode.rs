//! Postcodes, for comparing: US ZIP codes as five digits, others folded with their blanks.

use super::whitespace::squeeze;
use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const RULE: Rule = Rule {
    name: "postcode",
    about: "a postcode in capitals; in the US the five digits of the ZIP code",
    passing: (" 9O210-1234", "90210"),
    failing: Some("00000"),
    apply,
};

fn apply<'a>(text: &'a str, context: &Context) -> Cleaned<'a> {
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let text = squeeze(text).to_uppercase();
    if context.region != "US" {
        return Cleaned::Kept(text.into());
    }
    let five = text.split(['-', ' ']).next().unwrap_or_default();
    let digit = |c: char| match c {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let five: String = five.chars().map(digit).collect();
    // Spreadsheets take the zeros at the beginning of a number away.
    let five = match five.len() {
        9 => five[..five.char_indices().nth(5).map_or(five.len(), |(at, _)| at)].to_owned(),
        3 | 4 => format!("{five:0>5}"),
        _ => five,
    };
    let fits = five.len() == 5 && five.bytes().all(|b| b.is_ascii_digit());
    match five.as_bytes() {
        [first, rest @ ..] if fits && !rest.iter().all(|b| b == first) => {
            Cleaned::Kept(five.into())
        }
        _ => Cleaned::Dropped("is no ZIP code"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elsewhere_a_postcode_stays_as_it_is() {
        let britain = Context { region: "GB".to_owned() };
        assert_eq!(apply(" tq13  8df", &britain), Cleaned::Kept("TQ13 8DF".into()));
    }

    #[test]
    fn a_zip_code_is_five_digits() {
        for (raw, clean) in
            [("02134", "02134"), ("2134", "02134"), ("021341234", "02134"), ("0213l", "02131")]
        {
            let found = apply(raw, &Context::default());
            assert_eq!(found, Cleaned::Kept(clean.into()), "{raw}");
        }
        for raw in ["ABCDE", "99999", "1", "123456", "é2134"] {
            let found = apply(raw, &Context::default());
            assert!(matches!(found, Cleaned::Dropped(_)), "{raw}");
        }
    }
}
