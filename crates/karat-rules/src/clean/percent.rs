//! Percentages.

use super::number::{Decimals, number};
use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const POINT: Rule = Rule {
    name: "percent_point",
    about: "a percentage as its number without sign, decimals after a point: 12.5 % is 12.5",
    passing: ("12.5 %", "12.5"),
    failing: Some("half"),
    apply: |text, _: &Context| apply(text, Decimals::Point),
};

pub(super) const COMMA: Rule = Rule {
    name: "percent_comma",
    about: "a percentage as its number without sign, decimals after a comma: 12,5 % is 12.5",
    passing: ("12,5 %", "12.5"),
    failing: Some("half"),
    apply: |text, _: &Context| apply(text, Decimals::Comma),
};

fn apply(text: &str, decimals: Decimals) -> Cleaned<'_> {
    let text = text.trim();
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let words = [" percent", " pct", "%"];
    let ends = words.iter().find_map(|word| {
        let at = text.len().checked_sub(word.len())?;
        let (start, end) = text.split_at_checked(at)?;
        end.eq_ignore_ascii_case(word).then_some(start.trim_end())
    });
    let body = ends.or_else(|| text.strip_prefix('%')).unwrap_or(text).trim();
    match number(body, decimals) {
        Some(number) => Cleaned::Kept(number),
        None => Cleaned::Dropped("is no percentage"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn percentages_are_numbers() {
        check(
            &POINT,
            "US",
            &[
                ("12%", "12"),
                ("12.5%", "12.5"),
                ("12.5 %", "12.5"),
                ("12.5\u{a0}%", "12.5"),
                ("%12", "12"),
                ("12 percent", "12"),
                ("12 PCT", "12"),
                ("-3%", "-3"),
                ("1,200%", "1200"),
                ("0.125", "0.125"),
                ("12", "12"),
                ("%", "no: is no percentage"),
                ("12%%", "no: is no percentage"),
                ("12,5%", "no: is no percentage"),
                ("a%", "no: is no percentage"),
                ("n/a", "no: is a placeholder"),
            ],
        );
        check(&COMMA, "DE", &[("12,5 %", "12.5"), ("1.200 %", "1200")]);
    }
}
