//! Currencies of amounts, as the three letters of ISO 4217.

use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const RULE: Rule = Rule {
    name: "currency",
    about: "the ISO 4217 code of an amount's currency; a bare $ or ¥ is that of the region",
    passing: ("1.234,50 €", "EUR"),
    failing: Some("1,234.50"),
    apply,
};

/// The codes of ISO 4217, in alphabetical order.
const CODES: &str = include_str!("codes.txt");

/// Signs that are of one currency, longer ones first.
const SIGNS: [(&str, &str); 18] = [
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("AU$", "AUD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("C$", "CAD"),
    ("A$", "AUD"),
    ("R$", "BRL"),
    ("S$", "SGD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₺", "TRY"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("₩", "KRW"),
    ("₦", "NGN"),
    ("₫", "VND"),
    ("₴", "UAH"),
];

/// What a sign of many currencies means in a region.
fn by_region(sign: char, region: &str) -> Option<&'static str> {
    Some(match (sign, region) {
        ('$', "US" | "PR" | "EC" | "SV") => "USD",
        ('$', "CA") => "CAD",
        ('$', "AU") => "AUD",
        ('$', "NZ") => "NZD",
        ('$', "MX") => "MXN",
        ('$', "SG") => "SGD",
        ('$', "HK") => "HKD",
        ('¥', "JP") => "JPY",
        ('¥', "CN") => "CNY",
        _ => return None,
    })
}

fn apply<'a>(text: &'a str, context: &Context) -> Cleaned<'a> {
    let text = text.trim();
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let bare = text.trim_matches(|c: char| c == '(' || c == ')' || c == '-' || c == ' ');
    let Some((name, _)) = named(bare) else { return Cleaned::Dropped("names no currency") };
    if let Some((_, code)) = SIGNS.iter().find(|(sign, _)| *sign == name) {
        return Cleaned::Kept((*code).into());
    }
    let of_region = name.chars().next().and_then(|sign| by_region(sign, &context.region));
    match of_region {
        Some(code) => Cleaned::Kept(code.into()),
        None if name.len() == 3 => Cleaned::Kept(name.to_ascii_uppercase().into()),
        None => Cleaned::Dropped("has a sign of several currencies"),
    }
}

/// The amount alone; the text itself where no currency stands at either end of it.
pub(super) fn without_currency(text: &str) -> Option<&str> {
    let amount = named(text).map_or(text, |(_, amount)| amount);
    (!amount.is_empty()).then_some(amount)
}

/// The sign or code at the beginning or end of a text, and the rest.
fn named(text: &str) -> Option<(&str, &str)> {
    let signs = SIGNS.iter().map(|(sign, _)| *sign).chain(["$", "¥"]);
    for sign in signs {
        if let Some(rest) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return Some((sign, rest.trim()));
        }
    }
    let is_code = |word: &str| {
        word.len() == 3 && CODES.split_ascii_whitespace().any(|c| c.eq_ignore_ascii_case(word))
    };
    let parted = |(code, rest): (&'_ str, &str)| {
        is_code(code) && rest.bytes().all(|b| !b.is_ascii_alphabetic())
    };
    let ends = [
        text.split_at_checked(3),
        text.len()
            .checked_sub(3)
            .and_then(|at| text.split_at_checked(at).map(|(rest, code)| (code, rest))),
    ];
    let found = ends.into_iter().flatten().find(|end| parted(*end))?;
    Some((found.0, found.1.trim()))
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn a_currency_is_named_by_code_or_sign() {
        check(
            &RULE,
            "US",
            &[
                ("$5", "USD"),
                ("5 USD", "USD"),
                ("usd5", "USD"),
                ("USD", "USD"),
                ("US$5", "USD"),
                ("C$5", "CAD"),
                ("R$ 5", "BRL"),
                ("€5", "EUR"),
                ("(5,00 €)", "EUR"),
                ("-£5", "GBP"),
                ("5₺", "TRY"),
                ("CHF 1'000", "CHF"),
                ("5", "no: names no currency"),
                ("5 apples", "no: names no currency"),
                ("¥5", "no: has a sign of several currencies"),
                ("n/a", "no: is a placeholder"),
            ],
        );
        check(&RULE, "CA", &[("$5", "CAD")]);
        check(&RULE, "JP", &[("¥5", "JPY")]);
        check(&RULE, "DE", &[("$5", "no: has a sign of several currencies")]);
    }
}
