//! Numbers as people read them, and coordinates as SVG has them.

/// A number that can be drawn: finite and no larger than ±10¹⁵.
pub fn drawable(x: f64) -> Option<f64> {
    (x.abs() <= 1e15).then_some(x)
}

/// A coordinate of a drawing, rounded to two decimals: `12.5`.
pub fn coordinate(x: f64) -> String {
    let rounded = format!("{x:.2}");
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// A count with its thousands apart: `40,113`.
pub fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// A count on an axis, short from 100,000 on: `250k`, `1.5M`.
pub fn short_count(n: f64) -> String {
    let units = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")];
    match units.iter().find(|(unit, _)| n >= 1e5 && n >= *unit) {
        Some((unit, name)) => format!("{}{name}", coordinate(n / unit)),
        None => decimals(n, 0),
    }
}

/// With so many decimals, the thousands apart, and a minus that is one: `−1,234.50`.
pub fn decimals(x: f64, places: usize) -> String {
    if let Some(name) = unusual(x) {
        return name.to_owned();
    }
    let text = format!("{:.places$}", x.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if x < 0.0 && !is_zero { "−" } else { "" };
    format!("{sign}{}{rest}", grouped(whole))
}

/// As `decimals`, and a plus before what is above zero: `+5.3`.
pub fn signed(x: f64, places: usize) -> String {
    let text = decimals(x, places);
    let is_positive = x > 0.0 && text.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    if is_positive || x == f64::INFINITY { format!("+{text}") } else { text }
}

/// With at most three significant digits below 1,000: `1,234`, `12.3`, `0.61`, `4.5e-7`.
pub fn number(x: f64) -> String {
    let size = x.abs();
    if unusual(x).is_none() && (size >= 1e15 || (size > 0.0 && size < 1e-5)) {
        return format!("{x:.1e}").replacen('-', "−", usize::from(x < 0.0));
    }
    let text = decimals(x, places(size));
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Decimals that show three significant digits of a number of this size, at most seven.
pub fn places(size: f64) -> usize {
    let below = [100.0, 10.0, 1.0, 0.1, 0.01, 0.001, 0.0001];
    if size == 0.0 { 0 } else { below.iter().take_while(|limit| size < **limit).count() }
}

/// A share from 0 to 1 as percent. Only 1 itself is `100%`, and only 0 is `0%`.
pub fn percent(share: f64) -> String {
    let rest = share.min(1.0 - share) * 100.0;
    if unusual(share).is_some() {
        return decimals(share, 0);
    }
    if rest <= 0.0 {
        return format!("{}%", decimals(share * 100.0, 0));
    }
    if rest < 1e-6 {
        return if share < 0.5 { "<0.000001%" } else { ">99.999999%" }.to_owned();
    }
    let mut places = 1;
    while rest * 10_f64.powi(places) < 0.95 {
        places += 1;
    }
    format!("{}%", decimals(share * 100.0, places as usize))
}

/// The probability of a match weight in bits: 2ʷ / (1 + 2ʷ).
pub fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

fn unusual(x: f64) -> Option<&'static str> {
    match x {
        _ if x.is_nan() => Some("–"),
        f64::INFINITY => Some("∞"),
        f64::NEG_INFINITY => Some("−∞"),
        _ => None,
    }
}

fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_have_two_decimals_and_no_negative_zero() {
        let cases = [(0.0, "0"), (-0.001, "0"), (1.005, "1"), (12.5, "12.5"), (100.0, "100")];
        for (x, expected) in cases {
            assert_eq!(coordinate(x), expected);
        }
    }

    #[test]
    fn a_number_shows_what_matters_of_it() {
        let cases = [
            (0.0, "0"),
            (1234567.0, "1,234,567"),
            (123.4, "123"),
            (12.34, "12.3"),
            (0.6100001, "0.61"),
            (99.999, "100"),
            (-1.234, "−1.23"),
            (0.0123, "0.0123"),
            (0.00004567, "0.0000457"),
            (4.5e-7, "4.5e-7"),
            (-4.5e-7, "−4.5e-7"),
            (f64::NAN, "–"),
            (f64::NEG_INFINITY, "−∞"),
        ];
        for (x, expected) in cases {
            assert_eq!(number(x), expected);
        }
    }

    #[test]
    fn almost_certain_is_not_certain() {
        let cases = [
            (0.0, "0%"),
            (1.0, "100%"),
            (0.5, "50.0%"),
            (0.9997, "99.97%"),
            (0.99999, "99.999%"),
            (1e-9, "<0.000001%"),
            (1.0 - 1e-12, ">99.999999%"),
        ];
        for (share, expected) in cases {
            assert_eq!(percent(share), expected);
        }
    }

    #[test]
    fn signs_stand_before_what_is_not_zero() {
        assert_eq!(signed(5.34, 1), "+5.3");
        assert_eq!(signed(-5.34, 1), "−5.3");
        assert_eq!((signed(0.01, 1), signed(-0.01, 1)), ("0.0".to_owned(), "0.0".to_owned()));
        assert_eq!(signed(f64::INFINITY, 1), "+∞");
    }

    #[test]
    fn large_counts_are_short_on_an_axis() {
        let cases = [(0.0, "0"), (50_000.0, "50,000"), (250_000.0, "250k"), (1.5e6, "1.5M")];
        for (n, expected) in cases {
            assert_eq!(short_count(n), expected);
        }
    }

    #[test]
    fn a_weight_of_zero_bits_is_an_even_chance() {
        assert_eq!(probability(0.0), 0.5);
        assert_eq!((probability(f64::INFINITY), probability(f64::NEG_INFINITY)), (1.0, 0.0));
    }
}
