//! E-mail addresses that are made of their bearers' names: `jane.doe@example.com` says of Jane Doe
//! no more than that she has an address there.

use super::names::Names;
use super::values::{Detail, Values, parts};
use crate::linkage::MISSING;
use crate::linkage::texts::Texts;

/// Letters of a user that may come from elsewhere than the name: a middle initial, say.
const STRAY: usize = 1;

/// What else is to be known of addresses.
pub(super) struct Mailboxes {
    /// For each whether its user says nothing that the name of a bearer does not.
    of_names: Vec<bool>,
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
            is_common: counts.iter().map(is_common).collect(),
            domains,
        }
    }

    /// Whether two addresses that are alike may be so only because names are. In a domain of few
    /// the domain itself says something.
    #[inline]
    pub fn repeat_names(&self, a: u32, b: u32) -> bool {
        let (a, b) = (a as usize, b as usize);
        let domain = self.domains[a];
        let share_a_domain = domain == self.domains[b] && !self.is_common[domain as usize];
        (self.of_names[a] || self.of_names[b]) && !share_a_domain
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
        let made = |address: &str, name: &str| {
            is_made_of(address.as_bytes(), name.split(' ').map(str::as_bytes))
        };
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
