//! How an agent's name is written.

use super::cast::{Part, Style};
use super::name_lists::{CREDENTIALS, NICKNAMES};
use super::person::Person;
use super::random::{Random, Shares};

/// How `first_name` and `last_name` relate to `full_name`.
#[derive(Clone, Copy)]
pub enum Split {
    Exact,
    Varied,
    NoFirst,
    Neither,
}

pub const SPLITS: Shares<'static, Split> = Shares {
    whole: 5000,
    counts: &[(Split::Neither, 125), (Split::NoFirst, 3), (Split::Varied, 106)],
    rest: Split::Exact,
};
/// The full name of a person; not for numbered agents, who are none.
pub fn full_name(random: &mut Random, style: Style, person: &Person) -> String {
    let (given, family) = (&person.name.given, &person.name.family);
    match style {
        Style::OneWord => given.clone(),
        Style::Capitals => person.name.full().to_uppercase(),
        Style::Decorated => match random.below(10) {
            0..4 => {
                let signs = CREDENTIALS.iter().filter(|c| c.contains([',', '(']));
                let signs: Vec<&str> = signs.copied().collect();
                format!("{given} {family}{}", random.pick(&signs))
            }
            4..6 => format!("{family}, {given}"),
            6 => format!("{given} \"{}\" {family}", called(random, given)),
            7 => format!("{given} ({}) {family}", called(random, given)),
            8 => format!("{given} & {} {family}", random.pick(&["Pat", "Chris", "Lee", "Sandy"])),
            _ => format!("{family}, {given}, Realtor"),
        },
        _ => person.name.full(),
    }
}

/// What people call somebody named `given`.
pub fn called(random: &mut Random, given: &str) -> &'static str {
    nickname(given).unwrap_or_else(|| random.pick(&["Buddy", "Coco", "Ace", "Skip", "Bee"]))
}

/// The usual short form of a given name.
pub fn nickname(given: &str) -> Option<&'static str> {
    let pairs = NICKNAMES.iter().filter_map(|pair| pair.split_once(':'));
    pairs.into_iter().find(|(name, _)| *name == given).map(|(_, nickname)| nickname)
}

/// The columns `first_name` and `last_name`.
pub fn split(
    random: &mut Random,
    split: Split,
    part: &Part,
    person: &Person,
) -> (Option<String>, Option<String>) {
    let capitals = part.style == Style::Capitals;
    let cased = |text: &str| if capitals { text.to_uppercase() } else { text.to_owned() };
    let (given, family) = (cased(&person.name.given), cased(&person.name.family));
    match (part.style, split) {
        (Style::Numbered, _) => (None, None),
        (Style::OneWord, _) => (Some(given), None),
        (_, Split::Neither) => (None, None),
        (_, Split::NoFirst) => (None, Some(family)),
        (_, Split::Exact) => (Some(given), Some(family)),
        (_, Split::Varied) => match random.below(3) {
            0 => (Some(format!("{given} {}.", initial(random))), Some(family)),
            1 => (Some(given), Some(format!("{family} {}", random.pick(&["Jr.", "Team", "III"])))),
            _ => (Some(called(random, &given).to_owned()), Some(family)),
        },
    }
}

/// A capital letter.
pub fn initial(random: &mut Random) -> char {
    char::from(b'A' + random.below(26) as u8)
}
