//! Phone numbers in E.164 (`+12125550100`), read with a default region. Numbers without an area,
//! fax numbers and placeholders drop. Of several numbers in one text `phone` keeps the first that
//! is one, `phones` all as a JSON array, and `phone_extension` the extension alone.

use std::borrow::Cow;

use phonenumber::{Mode, country};

use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const RULE: Rule = Rule {
    name: "phone",
    about: "a phone number in E.164, read with the default region; extensions are cut off",
    passing: ("(212) 555-0100 ext. 3", "+12125550100"),
    failing: Some("555-0100"),
    apply: |text, context| match first(text, context) {
        Ok(number) => Cleaned::Kept(number),
        Err(why) => Cleaned::Dropped(why),
    },
};

pub(super) const ALL_OF_THEM: Rule = Rule {
    name: "phones",
    about: "all phone numbers of a text in E.164, as a JSON array",
    passing: ("212-555-0100 / 305-555-0123", r#"["+12125550100","+13055550123"]"#),
    failing: Some("fax 212-555-0100"),
    apply: all,
};

pub(super) const EXTENSION: Rule = Rule {
    name: "phone_extension",
    about: "the digits of the extension that stands after a phone number",
    passing: ("(212) 555-0100 ext. 3", "3"),
    failing: Some("(212) 555-0100"),
    apply: |text, _| extension(text),
};

/// Regions of the North American Numbering Plan that share its ten-digit form.
const NANP: [&str; 6] = ["US", "CA", "PR", "DO", "JM", "BS"];

/// Signs between two numbers of one text; a blank does not part numbers.
const BETWEEN: [char; 5] = ['/', ';', ',', '|', '\n'];

fn first<'a>(text: &'a str, context: &Context) -> Result<Cow<'a, str>, &'static str> {
    if is_clean(text.as_bytes()) {
        return Ok(Cow::Borrowed(text));
    }
    if in_nanp(context)
        && let Some(digits) = plain(text.as_bytes())
    {
        return nanp(&digits);
    }
    let whole = one(text, context);
    if whole.is_ok() || !text.contains(BETWEEN) {
        return whole;
    }
    text.split(BETWEEN).find_map(|part| one(part, context).ok()).map_or(whole, Ok)
}

/// Whether it is `+1` and a number of the North American plan as this rule writes it.
fn is_clean(text: &[u8]) -> bool {
    match text.strip_prefix(b"+1") {
        Some(digits) if digits.len() == 10 => {
            let is_number = digits.iter().all(u8::is_ascii_digit);
            is_number && is_possible(digits)
        }
        _ => false,
    }
}

fn is_possible(digits: &[u8]) -> bool {
    digits[0] >= b'2' && digits[3] >= b'2' && digits.iter().any(|b| *b != digits[0])
}

fn all<'a>(text: &'a str, context: &Context) -> Cleaned<'a> {
    let quoted = |c: char| matches!(c, '[' | ']' | '"');
    let mut found: Vec<Cow<'_, str>> = Vec::new();
    let mut keep = |number: Cow<'a, str>| {
        if !found.contains(&number) {
            found.push(number);
        }
    };
    for part in text.split(&BETWEEN[1..]).map(|part| part.trim().trim_matches(quoted)) {
        // A slash may stand inside a number, or between two.
        match one(part, context) {
            Ok(number) => keep(number),
            Err(_) => part.split('/').filter_map(|p| one(p, context).ok()).for_each(&mut keep),
        }
    }
    if found.is_empty() {
        return Cleaned::Dropped("has no possible phone number");
    }
    Cleaned::Kept(format!("[\"{}\"]", found.join("\",\"")).into())
}

fn extension(text: &str) -> Cleaned<'_> {
    let digits = |c: char| c.is_ascii_digit();
    let text = text.trim();
    if (1..=6).contains(&text.len()) && text.chars().all(digits) {
        return Cleaned::Kept(text.into());
    }
    let rest = &text[without_extension(text).len()..];
    let rest = rest.trim_start_matches(|c: char| !digits(c));
    let end = rest.find(|c| !digits(c)).unwrap_or(rest.len());
    match end {
        1..=6 => Cleaned::Kept(rest[..end].into()),
        _ => Cleaned::Dropped("has no extension"),
    }
}

/// One number, borrowed where it is clean already.
fn one<'a>(text: &str, context: &Context) -> Result<Cow<'a, str>, &'static str> {
    let text = text.trim();
    if is_placeholder(text) {
        return Err("is a placeholder");
    }
    if text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("fax")) {
        return Err("is a fax number");
    }
    let text = without_extension(text);
    let in_nanp = in_nanp(context);
    match digits(text) {
        Digits::Ten(d) if in_nanp && !text.starts_with('+') => nanp(&d),
        Digits::OneAndTen(d) if in_nanp || text.starts_with('+') => nanp(&d),
        Digits::None => Err("has no digit"),
        _ => elsewhere(text, context),
    }
}

fn in_nanp(context: &Context) -> bool {
    NANP.contains(&context.region.as_str())
}

/// The ten digits of a text that holds nothing but them, a 1 in front and signs between them, as
/// most do.
fn plain(text: &[u8]) -> Option<[u8; 10]> {
    let mut found = [0; 11];
    let mut count = 0;
    for byte in text {
        match byte {
            b'0'..=b'9' => {
                *found.get_mut(count)? = *byte;
                count += 1;
            }
            b'(' | b')' | b'-' | b'.' | b' ' => {}
            _ => return None,
        }
    }
    let digits = if count == 11 && found[0] == b'1' { &found[1..] } else { &found[..count] };
    digits.try_into().ok()
}

fn nanp(d: &[u8; 10]) -> Result<Cow<'static, str>, &'static str> {
    if !is_possible(d) {
        return Err("is not a possible phone number");
    }
    let mut out = String::with_capacity(12);
    out.push_str("+1");
    out.push_str(str::from_utf8(d).expect("digits are ASCII"));
    Ok(out.into())
}

/// Any other plan: the library that carries the numbering plans of the world decides.
fn elsewhere(text: &str, context: &Context) -> Result<Cow<'static, str>, &'static str> {
    let region: Option<country::Id> = context.region.parse().ok();
    match phonenumber::parse(region, text) {
        Ok(number) if number.is_valid() => Ok(number.format().mode(Mode::E164).to_string().into()),
        Ok(_) | Err(_) => Err("is not a possible phone number"),
    }
}

/// Cuts `x12`, `ext. 3`, `#4`, `extension 5` at the end.
fn without_extension(text: &str) -> &str {
    let Some(digit) = text.bytes().position(|b| b.is_ascii_digit()) else { return text };
    let sign = |b: &u8| matches!(b, b'x' | b'X' | b'e' | b'E' | b'#' | b',' | b';');
    match text.as_bytes()[digit..].iter().position(sign) {
        Some(at) => &text[..digit + at],
        None => text,
    }
}

enum Digits {
    None,
    Ten([u8; 10]),
    OneAndTen([u8; 10]),
    Other,
}

fn digits(text: &str) -> Digits {
    let mut found = [0; 11];
    let mut count = 0;
    for b in text.bytes().filter(u8::is_ascii_digit) {
        if count == found.len() {
            return Digits::Other;
        }
        found[count] = b;
        count += 1;
    }
    let ten = |d: &[u8]| <[u8; 10]>::try_from(d).expect("ten digits were counted");
    match count {
        0 => Digits::None,
        10 => Digits::Ten(ten(&found[..10])),
        11 if found[0] == b'1' => Digits::OneAndTen(ten(&found[1..])),
        _ => Digits::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn every_spelling_of_a_number_is_one_number() {
        check(
            &RULE,
            "US",
            &[
                ("2125550100", "+12125550100"),
                ("12125550100", "+12125550100"),
                ("+1 (212) 555-0100", "+12125550100"),
                ("212.555.0100 x12", "+12125550100"),
                ("\"212-555-0100", "+12125550100"),
                ("+12125550100", "+12125550100"),
                ("212-555-0100 / 305-555-0123", "+12125550100"),
                ("555-0100; 305-555-0123", "+13055550123"),
                ("+49 30 12345678", "+493012345678"),
                ("fax 555-123-4567", "no: is a fax number"),
                ("call me", "no: has no digit"),
                ("0000000000", "no: is not a possible phone number"),
                ("+12222222222", "no: is not a possible phone number"),
                ("212-155-0100", "no: is not a possible phone number"),
                ("26790763292155460550", "no: is not a possible phone number"),
                ("n/a", "no: is a placeholder"),
            ],
        );
    }

    #[test]
    fn the_short_way_and_the_long_way_say_the_same() {
        let context = Context::default();
        for text in ["(212) 555-0100", "1.212.555.0100", "12125550100", "112-555-0100", "2.1", ""] {
            let short = plain(text.as_bytes()).map(|digits| nanp(&digits));
            let long = one(text, &context);
            assert!(short.is_none_or(|short| short == long), "{text}");
        }
        assert_eq!(plain(b"212/555-0100"), None);
        assert_eq!(plain(b"2125550100 2"), None);
    }

    #[test]
    fn the_region_decides_what_a_national_number_is() {
        check(&RULE, "DE", &[("030 12345678", "+493012345678")]);
        check(&RULE, "TR", &[("0532 123 45 67", "+905321234567")]);
    }

    #[test]
    fn all_numbers_of_a_text_are_a_list() {
        check(
            &ALL_OF_THEM,
            "US",
            &[
                ("212-555-0100", r#"["+12125550100"]"#),
                ("212-555-0100, 2125550100", r#"["+12125550100"]"#),
                ("212-555-0100 x5; 305-555-0123", r#"["+12125550100","+13055550123"]"#),
                ("fax 212-555-0100 | 305-555-0123", r#"["+13055550123"]"#),
                ("+49 30/12345678", r#"["+493012345678"]"#),
                ("555-0100", "no: has no possible phone number"),
            ],
        );
    }

    #[test]
    fn an_extension_is_kept_apart() {
        check(
            &EXTENSION,
            "US",
            &[
                ("212-555-0100 x12", "12"),
                ("212-555-0100 extension 5", "5"),
                ("212-555-0100 #042", "042"),
                ("+1 212 555 0100, 7", "7"),
                ("212-555-0100", "no: has no extension"),
                ("ext. 5", "no: has no extension"),
                ("212-555-0100 / 305-555-0123", "no: has no extension"),
            ],
        );
    }
}
