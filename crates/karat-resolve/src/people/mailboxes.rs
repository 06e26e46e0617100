//! E-mail addresses that are made of their bearers' names.

use super::names::Names;
use super::values::{Detail, Values};
use crate::linkage::MISSING;

/// Letters of a user that may come from elsewhere than the name: a middle initial, say.
const STRAY: usize = 1;

impl Values {
    /// Notes which addresses are made of the names that stand with them in a record, given by
    /// record: values, and names.
    pub fn note_names(&mut self, values: &[u32], (names, of): (&Names, &[u32])) {
        let Detail::Emails { of_names } = &mut self.detail else { return };
        for (value, name) in values.iter().zip(of) {
            if *value == MISSING || *name == MISSING || of_names[*value as usize] {
                continue;
            }
            let words = names.words(*name).iter().map(|word| names.bytes(*word));
            of_names[*value as usize] = is_made_of(self.texts.bytes(*value), words);
        }
    }
}

/// Whether the part of an address before the @ holds a word of at least three letters, and next to
/// nothing besides words and their first letters.
fn is_made_of<'w>(address: &[u8], words: impl Iterator<Item = &'w [u8]>) -> bool {
    let user = address.split(|b| *b == b'@').next().unwrap_or(address);
    let mut rest: Vec<u8> = user.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let mut initials: Vec<u8> = Vec::new();
    let mut found = false;
    for word in words {
        match rest.windows(word.len().max(1)).position(|part| part == word) {
            Some(at) if word.len() >= 3 => {
                rest.drain(at..at + word.len());
                found = true;
            }
            _ => initials.extend(word.first()),
        }
    }
    for initial in initials {
        if let Some(at) = rest.iter().position(|b| *b == initial) {
            rest.remove(at);
        }
    }
    found && rest.len() <= STRAY && !rest.iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_names_says_no_more_than_they() {
        let made = |address: &str, name: &str| is_made_of(address.as_bytes(), name.split(' ').map(str::as_bytes));
        for (address, name) in [
            ("jane.doe@example.com", "jane doe"),
            ("jdoe@example.com", "jane doe"),
            ("doe_jane@example.com", "jane m doe"),
            ("janemdoe@example.com", "jane doe"),
        ] {
            assert!(made(address, name), "{address} {name}");
        }
        for (address, name) in [
            ("jane.doe84@example.com", "jane doe"),
            ("sunflower@example.com", "jane doe"),
            ("janeandjohn@example.com", "jane doe"),
            ("jd@example.com", "jane doe"),
        ] {
            assert!(!made(address, name), "{address} {name}");
        }
    }
}
