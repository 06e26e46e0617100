//! Invents names: mostly ones never used before, sometimes deliberately a relation's.

use std::collections::HashSet;

use super::fold::ascii;
use super::name_lists::{
    AMERICAN, COINED_ENDS, COINED_STARTS, Culture, GERMAN, IRISH, POLISH, SPANISH, SURNAME_ENDS,
    SURNAME_STARTS, TURKISH, VIETNAMESE,
};
use super::random::Random;

/// The name of a person, as the person would write it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    pub given: String,
    pub family: String,
}

impl Name {
    /// `given family`.
    pub fn full(&self) -> String {
        format!("{} {}", self.given, self.family)
    }
}

/// What sort of name is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// ASCII letters only.
    Plain,
    /// At least one letter outside ASCII.
    Accented,
    /// One word as given name, for people who show only that.
    OneWord,
}

/// Gives out names and remembers them.
pub struct Naming {
    used: HashSet<String>,
}

/// Names are drawn again when taken; after so many draws a second surname is put on.
const DRAWS: usize = 40;

impl Naming {
    pub fn new() -> Naming {
        Naming { used: HashSet::new() }
    }

    /// A name nobody has.
    pub fn fresh(&mut self, random: &mut Random, spelling: Spelling) -> Name {
        for _ in 0..DRAWS {
            let name = draw(random, spelling);
            if self.take(&name, spelling) {
                return name;
            }
        }
        loop {
            let mut name = draw(random, spelling);
            name.given = format!("{}{}", name.given, random.pick(&COINED_ENDS));
            name.family = format!("{}-{}", name.family, coined_surname(random));
            if self.take(&name, spelling) {
                return name;
            }
        }
    }

    /// A name nobody has, with the surname of `relative`.
    pub fn relative(&mut self, random: &mut Random, relative: &Name) -> Name {
        self.derived(random, |random| Name {
            given: given(random),
            family: relative.family.clone(),
        })
    }

    /// A name nobody has, one letter away from `other`: Mario next to Maria.
    pub fn near(&mut self, random: &mut Random, other: &Name) -> Name {
        self.derived(random, |random| Name {
            given: change_letter(random, &other.given),
            family: other.family.clone(),
        })
    }

    fn derived(&mut self, random: &mut Random, make: impl Fn(&mut Random) -> Name) -> Name {
        for _ in 0..DRAWS {
            let name = make(random);
            if self.take(&name, Spelling::Plain) {
                return name;
            }
        }
        self.fresh(random, Spelling::Plain)
    }

    fn take(&mut self, name: &Name, spelling: Spelling) -> bool {
        let shown = if spelling == Spelling::OneWord { name.given.clone() } else { name.full() };
        self.used.insert(ascii(&shown).to_lowercase())
    }
}

fn draw(random: &mut Random, spelling: Spelling) -> Name {
    match spelling {
        Spelling::Accented => accented(random),
        Spelling::OneWord => {
            Name { given: one_word(random), family: AMERICAN.family[random.skewed(90)].to_owned() }
        }
        Spelling::Plain => plain(random),
    }
}

fn plain(random: &mut Random) -> Name {
    let others: [&Culture; 6] = [&SPANISH, &IRISH, &GERMAN, &POLISH, &VIETNAMESE, &TURKISH];
    let name = match random.weighted(&[820, 60, 40, 25, 20, 15, 20]) {
        0 => Name { given: given(random), family: surname(random) },
        other => of_culture(random, others[other - 1]),
    };
    Name { given: ascii(&name.given), family: ascii(&name.family) }
}

fn accented(random: &mut Random) -> Name {
    let cultures: [&Culture; 6] = [&TURKISH, &SPANISH, &POLISH, &GERMAN, &VIETNAMESE, &IRISH];
    let culture = cultures[random.weighted(&[64, 14, 6, 7, 6, 3])];
    loop {
        let name = of_culture(random, culture);
        if !name.full().is_ascii() {
            return name;
        }
    }
}

fn of_culture(random: &mut Random, culture: &Culture) -> Name {
    let mut name = Name {
        given: random.pick(&culture.given).to_owned(),
        family: random.pick(&culture.family).to_owned(),
    };
    if random.chance(150) {
        name.given = format!("{} {}", name.given, random.pick(&culture.given));
    }
    if random.chance(250) {
        name.family = format!("{}-{}", name.family, random.pick(&culture.family));
    }
    name
}

fn given(random: &mut Random) -> String {
    let common = AMERICAN.given[random.skewed(AMERICAN.given.len())];
    match random.weighted(&[56, 36, 5, 3]) {
        0 => common.to_owned(),
        1 => one_word(random),
        2 => format!("{common} {}", random.pick(&AMERICAN.given)),
        _ => format!("{common}-{}", random.pick(&AMERICAN.given)),
    }
}

fn one_word(random: &mut Random) -> String {
    format!("{}{}", random.pick(&COINED_STARTS), random.pick(&COINED_ENDS))
}

fn surname(random: &mut Random) -> String {
    let common = AMERICAN.family[random.skewed(AMERICAN.family.len())];
    match random.weighted(&[18, 68, 9, 5]) {
        0 => common.to_owned(),
        1 => coined_surname(random),
        2 => format!("{}-{common}", coined_surname(random)),
        _ => format!("{common} {}", coined_surname(random)),
    }
}

fn coined_surname(random: &mut Random) -> String {
    format!("{}{}", random.pick(&SURNAME_STARTS), random.pick(&SURNAME_ENDS))
}

/// `text` with one letter, not the first, made another.
fn change_letter(random: &mut Random, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = random.between(1.min(letters.len() - 1), letters.len() - 1);
    letters[at] = ['a', 'e', 'i', 'o', 'n', 'y'][random.below(6)];
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_names_never_repeat_even_when_many_are_drawn() {
        let (mut random, mut naming) = (Random::new(1, 1), Naming::new());
        let mut seen = HashSet::new();
        for _ in 0..20_000 {
            assert!(seen.insert(naming.fresh(&mut random, Spelling::Plain).full()));
        }
    }

    #[test]
    fn accented_names_have_letters_outside_ascii_and_plain_ones_none() {
        let (mut random, mut naming) = (Random::new(2, 1), Naming::new());
        for _ in 0..300 {
            assert!(!naming.fresh(&mut random, Spelling::Accented).full().is_ascii());
            assert!(naming.fresh(&mut random, Spelling::Plain).full().is_ascii());
        }
    }

    #[test]
    fn every_listed_name_folds_to_ascii() {
        for culture in [&AMERICAN, &TURKISH, &SPANISH, &POLISH, &VIETNAMESE, &IRISH, &GERMAN] {
            for name in culture.given.iter().chain(&culture.family) {
                assert!(ascii(name).is_ascii(), "{name} folds to {}", ascii(name));
            }
        }
    }
}
