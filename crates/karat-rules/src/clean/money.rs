//! Amounts of money as plain decimals. Their currency is a rule of its own, so that neither is
//! lost and neither is guessed.

use super::currency::without_currency;
use super::number::{Decimals, number};
use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const POINT: Rule = Rule {
    name: "money_point",
    about: "an amount without its currency, decimals after a point; (5.00) is -5.00",
    passing: ("$(1,234.50)", "-1234.50"),
    failing: Some("1.234,50 €"),
    apply: |text, _: &Context| apply(text, Decimals::Point),
};

pub(super) const COMMA: Rule = Rule {
    name: "money_comma",
    about: "an amount without its currency, decimals after a comma; (5,00) is -5.00",
    passing: ("1.234,50 €", "1234.50"),
    failing: Some("$1,234.50"),
    apply: |text, _: &Context| apply(text, Decimals::Comma),
};

fn apply(text: &str, decimals: Decimals) -> Cleaned<'_> {
    let text = text.trim();
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let inside = |text: &str| -> Option<String> {
        let inner = text.strip_prefix('(')?.strip_suffix(')')?;
        Some(without_currency(inner.trim())?.to_owned())
    };
    // The currency may stand inside the parentheses or outside.
    let amount = without_currency(text);
    let in_parentheses = inside(text).or_else(|| amount.and_then(inside));
    if let Some(amount) = in_parentheses {
        return match number(&amount, decimals) {
            Some(amount) if !amount.starts_with('-') => Cleaned::Kept(format!("-{amount}").into()),
            _ => Cleaned::Dropped("is no amount"),
        };
    }
    // `-$5`: the sign may stand before the currency too.
    let (minus, amount) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", without_currency(rest.trim_start())),
        None => ("", amount),
    };
    match amount.and_then(|amount| number(amount, decimals)) {
        Some(amount) if minus.is_empty() => Cleaned::Kept(amount),
        Some(amount) if !amount.starts_with('-') => Cleaned::Kept(format!("-{amount}").into()),
        _ => Cleaned::Dropped("is no amount"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn amounts_lose_their_currency_and_keep_their_sign() {
        check(
            &POINT,
            "US",
            &[
                ("$5", "5"),
                ("$ 1,234.50", "1234.50"),
                ("1,234.50 USD", "1234.50"),
                ("USD 1,234.50", "1234.50"),
                ("US$5.00", "5.00"),
                ("€5.00", "5.00"),
                ("5.00", "5.00"),
                ("-$5.00", "-5.00"),
                ("$-5.00", "-5.00"),
                ("(5.00)", "-5.00"),
                ("($5.00)", "-5.00"),
                ("$(5.00)", "-5.00"),
                ("(-5.00)", "no: is no amount"),
                ("--5", "no: is no amount"),
                ("5 apples", "no: is no amount"),
                ("$", "no: is no amount"),
                ("n/a", "no: is a placeholder"),
            ],
        );
        check(&COMMA, "DE", &[("1.234,5 EUR", "1234.5"), ("-5,00 €", "-5.00")]);
    }
}
