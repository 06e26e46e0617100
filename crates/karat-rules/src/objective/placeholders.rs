//! Texts that stand where there is no value. Capitals and blanks around them do not matter; a `*`
//! at the end stands for any text.

use crate::clean::{INVENTED, PLACEHOLDERS, TOKENS};

/// What people also type, and numbers of one digit.
const MORE: [&str; 21] = [
    "",
    "---",
    "..",
    "...",
    "?",
    "??",
    "???",
    "_",
    "__",
    "xx",
    "xxx",
    "no email",
    "no phone",
    "no address",
    "000-000-0000",
    "(000) 000-0000",
    "0000000000",
    "111-111-1111",
    "1111111111",
    "999-999-9999",
    "9999999999",
];

/// What counts as missing where an objective does not say: what cleaning drops as placeholders,
/// what programs and spreadsheets write, mailboxes that forms invent, and numbers of one digit.
pub fn standard() -> Vec<String> {
    let words = PLACEHOLDERS.iter().chain(&TOKENS).chain(&MORE).map(|text| (*text).to_owned());
    words.chain(INVENTED.iter().map(|mailbox| format!("{mailbox}@*"))).collect()
}

/// In a declared list: all of [`standard`].
pub const ALL_OF_THEM: &str = "...";

/// A declared list with `...` replaced by the standard ones, as they are compared: in small
/// letters without blanks around them, each once.
pub fn expanded(declared: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut add = |text: &str| {
        let text = text.trim().to_lowercase();
        if !all.contains(&text) {
            all.push(text);
        }
    };
    for text in declared {
        match text.as_str() {
            ALL_OF_THEM => standard().iter().for_each(|text| add(text)),
            text => add(text),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::{is_invented, is_null_token};

    #[test]
    fn the_list_is_what_cleaning_knows() {
        for text in standard() {
            let has_digit = text.bytes().any(|b| b.is_ascii_digit() && b != b'0');
            let is_number = text.contains("000") || has_digit && text != "#div/0!";
            let is_known = match text.strip_suffix('*') {
                Some(mailbox) => is_invented(&format!("{mailbox}example.com")),
                None => is_null_token(&text) || is_number || text.starts_with("no "),
            };
            assert!(is_known || [".", "..", "...", "x", "xx", "xxx"].contains(&&*text), "{text}");
            assert_eq!(text, text.trim().to_lowercase());
        }
    }

    #[test]
    fn a_declared_list_can_hold_the_standard_one() {
        let list = |texts: &[&str]| -> Vec<String> {
            expanded(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(list(&[" TBC ", "tbc"]), ["tbc"]);
        let more = list(&["...", "tbc", "N/A"]);
        assert_eq!(
            (more.len(), more.last().map(String::as_str)),
            (standard().len() + 1, Some("tbc"))
        );
    }
}
