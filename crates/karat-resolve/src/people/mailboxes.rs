//! E-mail addresses that are made of their bearers' names: `jane.doe@example.com` says of Jane Doe
//! no more than that she has an address there, and `jane.doe84@example.com` only its digits more.

use super::names::Names;
use super::values::{Detail, Values, parts};
use crate::linkage::MISSING;
use crate::linkage::texts::{Interner, Texts};

/// Letters of a user that may come from elsewhere than the name: a middle initial, say.
const STRAY: usize = 1;

/// What else is to be known of addresses.
pub(super) struct Mailboxes {
    /// For each whether its user, but for digits, says nothing that the name of a bearer does not.
    of_names: Vec<bool>,
    /// For each the digits of its user, or `MISSING`.
    digits: Vec<u32>,
    /// For each its domain, and for each domain whether many addresses are there.
    domains: Vec<u32>,
    is_common: Vec<bool>,
}

/// A domain with more than this share of the addresses is one where anybody has an address.
const COMMON: f64 = 0.01;

impl Mailboxes {
    pub fn new(texts: &Texts) -> Mailboxes {
        let domains = parts(texts, |text| text.rsplit('@').next().unwrap_or(text));
        let mut counts = vec![0_u32; domains.iter().max().map_or(0, |most| *most as usize + 1)];
        domains.iter().for_each(|domain| counts[*domain as usize] += 1);
        let is_common = |count: &u32| f64::from(*count) > COMMON * texts.len() as f64;
        Mailboxes {
            of_names: vec![false; texts.len()],
            digits: digits(texts),
            is_common: counts.iter().map(is_common).collect(),
            domains,
        }
    }

    /// Whether two addresses that are alike may be so only because names are. Where both have the
    /// same digits those say something, and in a domain of few the domain itself.
    #[inline]
    pub fn repeat_names(&self, a: u32, b: u32) -> bool {
        let (a, b) = (a as usize, b as usize);
        let domain = self.domains[a];
        let share_a_domain = domain == self.domains[b] && !self.is_common[domain as usize];
        let share_digits = self.digits[a] == self.digits[b] && self.digits[a] != MISSING;
        (self.of_names[a] || self.of_names[b]) && !share_a_domain && !share_digits
    }
}

impl Values {
    /// Notes which addresses are made of the names that stand with them in a record, given by
    /// record: values, and names.
    pub fn note_names(&mut self, values: &[u32], (names, of): (&Names, &[u32])) {
        let Detail::Emails(Mailboxes { of_names, .. }) = &mut self.detail else { return };
        for (value, name) in values.iter().zip(of) {
            if *name == MISSING {
                continue;
            }
            for element in self.sets.elements(value) {
                let words = names.words(*name).iter().map(|word| names.bytes(*word));
                let of_names = &mut of_names[*element as usize];
                *of_names = *of_names || is_made_of(self.texts.bytes(*element), words);
            }
        }
    }
}

/// The part of an address before the @.
fn user(address: &[u8]) -> &[u8] {
    address.split(|b| *b == b'@').next().unwrap_or(address)
}

/// For each address the number of the digits of its user, or `MISSING`.
fn digits(texts: &Texts) -> Vec<u32> {
    let mut interner = Interner::default();
    let mut of = |address| {
        let digits = user(texts.bytes(address)).iter().filter(|b| b.is_ascii_digit());
        let digits: String = digits.map(|b| char::from(*b)).collect();
        if digits.is_empty() { MISSING } else { interner.intern(&digits) }
    };
    (0..texts.len() as u32).map(&mut of).collect()
}

/// Whether the user of an address holds a word of at least three letters, and next to nothing
/// besides words, their first letters and digits.
fn is_made_of<'w>(address: &[u8], words: impl Iterator<Item = &'w [u8]>) -> bool {
    let mut rest: Vec<u8> = user(address).iter().copied().filter(u8::is_ascii_alphabetic).collect();
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
    found && rest.len() <= STRAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_names_says_no_more_than_they() {
        let made = |address: &str, name: &str| {
            is_made_of(address.as_bytes(), name.split(' ').map(str::as_bytes))
        };
        for (address, name) in [
            ("jane.doe@example.com", "jane doe"),
            ("jdoe@example.com", "jane doe"),
            ("doe_jane@example.com", "jane m doe"),
            ("janemdoe@example.com", "jane doe"),
            ("jane.doe84@example.com", "jane doe"),
            ("84janedoe@example.com", "jane doe"),
        ] {
            assert!(made(address, name), "{address} {name}");
        }
        for (address, name) in [
            ("sunflower@example.com", "jane doe"),
            ("janeandjohn@example.com", "jane doe"),
            ("jd@example.com", "jane doe"),
        ] {
            assert!(!made(address, name), "{address} {name}");
        }
    }

    #[test]
    fn only_the_same_digits_say_more_than_names() {
        let mut texts = Texts::default();
        for user in ["jane.doe84", "jane.doe84", "janedoe48", "jane.doe", "jdoe", "sunflower"] {
            texts.push(&format!("{user}@{}.example", texts.len()));
        }
        let mut mailboxes = Mailboxes::new(&texts);
        mailboxes.of_names = vec![true, true, true, true, true, false];
        for (a, b) in [(0, 2), (0, 3), (3, 4), (4, 5)] {
            assert!(mailboxes.repeat_names(a, b) && mailboxes.repeat_names(b, a), "{a} {b}");
        }
        assert!(!mailboxes.repeat_names(0, 1));
        assert!(!mailboxes.repeat_names(5, 5));
    }
}
