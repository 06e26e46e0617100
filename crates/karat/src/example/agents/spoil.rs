//! Writes a person's name the way a company's website does: mostly right, sometimes not.

use super::agent_name::{initial, nickname};
use super::fold::ascii;
use super::name_lists::CREDENTIALS;
use super::naming::Name;
use super::random::Random;

/// `name` as some website has it.
pub fn written_name(random: &mut Random, name: &Name) -> String {
    if !name.full().is_ascii() {
        match random.below(10) {
            0..4 => return ascii(&name.full()),
            4 => return turkish_capitals(&name.full()),
            // What a program makes that has never heard of Turkish.
            5 => return name.full().to_uppercase(),
            6 => return turkish_small(&name.full()),
            _ => {}
        }
    }
    let (given, family) = (&name.given, &name.family);
    match random.weighted(&[545, 90, 70, 40, 15, 140, 30, 40, 10, 20]) {
        1 => format!("{given} {family}{}", random.pick(CREDENTIALS)),
        2 => format!("{family}, {given}"),
        3 => name.full().to_uppercase(),
        4 => name.full().to_lowercase(),
        5 => mistyped(random, &name.full()),
        6 => format!("{} {family}", nickname(given).unwrap_or(given)),
        7 => format!("{given} {}. {family}", initial(random)),
        8 => format!("{family} {given}"),
        9 => format!(" {given}  {family} "),
        _ => name.full(),
    }
}

fn turkish_capitals(name: &str) -> String {
    name.replace('i', "İ").replace('ı', "I").to_uppercase()
}

fn turkish_small(name: &str) -> String {
    name.replace('İ', "i").replace('I', "ı").to_lowercase()
}

/// `name` with one letter missing, doubled, changed or swapped with the next.
fn mistyped(random: &mut Random, name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    // The first letter is rarely wrong: people see it.
    let inner: Vec<usize> = (1..letters.len().saturating_sub(1))
        .filter(|&at| letters[at].is_alphabetic() && letters[at + 1].is_alphabetic())
        .collect();
    if inner.is_empty() {
        return name.to_owned();
    }
    let at = inner[random.below(inner.len())];
    match random.below(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at].to_ascii_lowercase()),
        2 => letters.swap(at, at + 1),
        _ => letters[at] = char::from(b'a' + random.below(26) as u8),
    }
    letters.into_iter().collect()
}
