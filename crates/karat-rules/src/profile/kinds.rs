//! Kinds of values that a text may be.

use karat_record::Type;

use crate::clean::{self, Cleaned, Context};
use crate::read::read;

/// A kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Integer,
    Decimal,
    Boolean,
    /// Year first, or with a month in words.
    Date,
    /// `7/31/1984`.
    DateMonthFirst,
    /// `31.7.1984`.
    DateDayFirst,
    Timestamp,
    Uuid,
    Email,
    Phone,
    Url,
    Json,
}

/// All kinds, in the order of their numbers.
pub const ALL: [Kind; 12] = [
    Kind::Integer,
    Kind::Decimal,
    Kind::Boolean,
    Kind::Date,
    Kind::DateMonthFirst,
    Kind::DateDayFirst,
    Kind::Timestamp,
    Kind::Uuid,
    Kind::Email,
    Kind::Phone,
    Kind::Url,
    Kind::Json,
];

impl Kind {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Integer => "integer",
            Kind::Decimal => "decimal",
            Kind::Boolean => "boolean",
            Kind::Date => "date",
            Kind::DateMonthFirst => "date (month first)",
            Kind::DateDayFirst => "date (day first)",
            Kind::Timestamp => "timestamp",
            Kind::Uuid => "uuid",
            Kind::Email => "e-mail",
            Kind::Phone => "phone",
            Kind::Url => "url",
            Kind::Json => "json",
        }
    }

    fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// What is known of a text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fits {
    /// A bit per kind, in the order of `ALL`.
    pub kinds: u16,
    /// The number that it is.
    pub number: Option<f64>,
    /// A zero before other digits, as identifiers have and numbers do not.
    pub has_leading_zero: bool,
    /// A whole number of more than 15 digits.
    pub is_long: bool,
    pub(super) is_token: bool,
    pub(super) characters: u32,
    pub(super) shape: u64,
}

impl Fits {
    /// Whether it is of a kind.
    pub fn is(self, kind: Kind) -> bool {
        self.kinds & kind.bit() != 0
    }
}

/// Finds out which kinds a trimmed text is of. The first characters decide what is tried.
pub fn look(text: &str) -> Fits {
    let mut fits = Fits::default();
    let bytes = text.as_bytes();
    let Some(first) = bytes.first() else { return fits };
    if matches!(first, b'0'..=b'9' | b'+' | b'-' | b'.') {
        number(text, &mut fits);
    }
    let mut is = |kind: Kind, holds: bool| fits.kinds |= if holds { kind.bit() } else { 0 };
    match first {
        b'{' | b'[' => is(Kind::Json, read(Type::Json, text).is_ok()),
        b'h' | b'w' | b'H' | b'W' if text.contains('.') => is(Kind::Url, is_url(text)),
        _ => {}
    }
    if bytes.len() <= 5 {
        is(Kind::Boolean, read(Type::Boolean, text).is_ok());
        return fits;
    }
    if matches!(bytes.len(), 32 | 36 | 38) {
        is(Kind::Uuid, read(Type::Uuid, text).is_ok());
    }
    let has_digit = bytes.iter().any(u8::is_ascii_digit);
    if has_digit && (8..=40).contains(&bytes.len()) {
        let dates = clean::dates(text);
        is(Kind::Date, dates.year_first);
        is(Kind::DateMonthFirst, dates.month_first);
        is(Kind::DateDayFirst, dates.day_first);
        is(Kind::Timestamp, bytes.len() > 10 && read(Type::Timestamp, text).is_ok());
        is(Kind::Phone, is_phone(bytes));
    }
    if memchr::memchr(b'@', bytes).is_some() {
        is(Kind::Email, kept("email_address", text));
    }
    fits
}

fn kept(rule: &str, text: &str) -> bool {
    let rule = clean::named(rule);
    rule.is_some_and(|rule| matches!(rule.apply(text, &Context::default()), Cleaned::Kept(_)))
}

fn is_url(text: &str) -> bool {
    let begins = |start: &str| {
        text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
    };
    (begins("http://") || begins("https://") || begins("www.")) && kept("url", text)
}

/// A sign, digits, a point, digits; whole numbers of at most 18 digits are read without help.
fn number(text: &str, fits: &mut Fits) {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &body.as_bytes()[digits..];
    fits.has_leading_zero = digits > 1 && body.starts_with('0') && rest.is_empty();
    fits.is_long = digits > 15 && rest.is_empty();
    let is_whole = rest.is_empty() && digits > 0;
    let is_decimal = match rest {
        [b'.', fraction @ ..] => {
            fraction.iter().all(u8::is_ascii_digit) && digits + fraction.len() > 0
        }
        _ => is_whole,
    };
    if !is_decimal {
        return;
    }
    fits.kinds |= Kind::Decimal.bit();
    let whole = if is_whole { text.parse::<i64>().ok() } else { None };
    fits.kinds |= if whole.is_some() { Kind::Integer.bit() } else { 0 };
    fits.number = whole.map(|n| n as f64).or_else(|| text.parse().ok());
}

/// Ten to fifteen digits, with a plus in front or several signs between them as phone numbers have.
fn is_phone(text: &[u8]) -> bool {
    let mut digits = 0;
    let mut signs = 0;
    for byte in text {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'+' | b'(' | b')' | b'-' | b' ' | b'.' | b'/' => signs += 1,
            b'x' | b'X' | b'e' | b'E' | b'#' if digits >= 10 => break,
            _ => return false,
        }
    }
    // One sign alone, as in `003862337-1`, is in numbers of orders too.
    let is_marked = signs > 1 || matches!(text[0], b'+' | b'(');
    (10..=15).contains(&digits) && is_marked && text[0] != b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_of_the_kinds_that_they_look_like() {
        for (text, kinds) in [
            ("12", "integer decimal"),
            ("1", "integer decimal boolean"),
            ("-1.5", "decimal"),
            ("yes", "boolean"),
            ("2024-01-31", "date date (month first) date (day first)"),
            ("1/31/2024", "date (month first)"),
            ("1/2/2024", "date (month first) date (day first)"),
            ("2024-01-31T10:00:00Z", "timestamp"),
            ("01234567-89ab-cdef-0123-456789abcdef", "uuid"),
            ("jane@example.com", "e-mail"),
            ("(212) 555-0100", "phone"),
            ("+12125550100", "integer decimal phone"),
            ("003862337-1", ""),
            ("https://example.com/a", "url"),
            ("{\"a\":1}", "json"),
            ("Jane Doe", ""),
            ("12 Main Street", ""),
            ("12345678901234567890", "decimal"),
            ("123456789.12345", "decimal"),
            (".", ""),
        ] {
            let fits = look(text);
            let found = ALL.iter().filter(|kind| fits.is(**kind)).map(|kind| kind.name());
            assert_eq!(found.collect::<Vec<_>>().join(" "), kinds, "{text}");
        }
    }

    #[test]
    fn kinds_are_in_the_order_of_their_numbers() {
        assert!(ALL.iter().enumerate().all(|(at, kind)| *kind as usize == at));
    }
}
