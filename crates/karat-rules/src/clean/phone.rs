//! Phone numbers in E.164 (`+12125550100`), read with a default region. Extensions are cut
//! off; numbers without an area, fax numbers and placeholders drop.

use phonenumber::{Mode, country};

use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const RULE: Rule = Rule {
    name: "phone",
    about: "a phone number in E.164, read with the default region; extensions are cut off",
    passing: ("(212) 555-0100 ext. 3", "+12125550100"),
    failing: Some("555-0100"),
    apply,
};

/// Regions of the North American Numbering Plan that share its ten-digit form.
const NANP: [&str; 6] = ["US", "CA", "PR", "DO", "JM", "BS"];

fn apply<'a>(text: &'a str, context: &Context) -> Cleaned<'a> {
    let text = text.trim();
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    if text.len() >= 3 && text.is_char_boundary(3) && text[..3].eq_ignore_ascii_case("fax") {
        return Cleaned::Dropped("is a fax number");
    }
    let text = without_extension(text);
    let in_nanp = NANP.contains(&context.region.as_str());
    match digits(text) {
        Digits::Ten(d) if in_nanp && !text.starts_with('+') => nanp(&d),
        Digits::OneAndTen(d) if in_nanp || text.starts_with('+') => nanp(&d),
        Digits::None => Cleaned::Dropped("has no digit"),
        _ => elsewhere(text, context),
    }
}

fn nanp(d: &[u8; 10]) -> Cleaned<'static> {
    let possible = d[0] >= b'2' && d[3] >= b'2';
    if !possible || d.iter().all(|b| *b == d[0]) {
        return Cleaned::Dropped("is not a possible phone number");
    }
    let mut out = String::with_capacity(12);
    out.push_str("+1");
    out.extend(d.iter().map(|b| *b as char));
    Cleaned::Kept(out.into())
}

/// Any other plan: the library that carries the numbering plans of the world decides.
fn elsewhere<'a>(text: &str, context: &Context) -> Cleaned<'a> {
    let region: Option<country::Id> = context.region.parse().ok();
    match phonenumber::parse(region, text) {
        Ok(number) if number.is_valid() => {
            Cleaned::Kept(number.format().mode(Mode::E164).to_string().into())
        }
        Ok(_) | Err(_) => Cleaned::Dropped("is not a possible phone number"),
    }
}

/// Cuts `x12`, `ext. 3`, `#4`, `extension 5` at the end.
fn without_extension(text: &str) -> &str {
    let cut = text.char_indices().find(|(i, c)| {
        let follows_digit = text[..*i].bytes().any(|b| b.is_ascii_digit());
        follows_digit && matches!(c, 'x' | 'X' | 'e' | 'E' | '#' | ',' | ';')
    });
    cut.map_or(text, |(i, _)| &text[..i])
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
    use super::*;

    fn kept(raw: &str, region: &str) -> String {
        match apply(raw, &Context { region: region.to_owned() }) {
            Cleaned::Kept(number) => number.into_owned(),
            Cleaned::Dropped(why) => why.to_owned(),
        }
    }

    #[test]
    fn every_spelling_of_a_number_is_one_number() {
        for raw in
            ["2125550100", "12125550100", "+1 (212) 555-0100", "212.555.0100 x12", "\"212-555-0100"]
        {
            assert_eq!(kept(raw, "US"), "+12125550100", "{raw}");
        }
    }

    #[test]
    fn the_region_decides_what_a_national_number_is() {
        assert_eq!(kept("030 12345678", "DE"), "+493012345678");
        assert_eq!(kept("+49 30 12345678", "US"), "+493012345678");
        assert_eq!(kept("0532 123 45 67", "TR"), "+905321234567");
    }

    #[test]
    fn what_is_no_number_is_dropped() {
        assert_eq!(kept("fax 555-123-4567", "US"), "is a fax number");
        assert_eq!(kept("call me", "US"), "has no digit");
        assert_eq!(kept("0000000000", "US"), "is not a possible phone number");
        assert_eq!(kept("26790763292155460550", "US"), "is not a possible phone number");
    }
}
