//! Invents households: who lives together, and what they share.

use super::address::Address;
use super::calendar::{EXPORTED, OPENED, civil};
use super::chances::{Chance, Source};
use super::contacts::{Mailboxes, phone};
use super::dice::{Dice, Tally};
use super::names::{FAMILY, GIVEN};
use super::person::{Household, Person};
use super::random::Random;

/// Weights of households of 2, 3, 4 and 5 people: 2.95 on average.
pub const SIZES: [usize; 4] = [45, 25, 20, 10];

const YEAR: usize = 365;

/// What somebody is to the first of the household.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Partner,
    Child,
    Flatmate,
}

/// Invents households, each from its number, so that it is the same in every export.
pub struct Registry {
    pub seed: u64,
    mailboxes: Mailboxes,
}

impl Registry {
    pub fn new(seed: u64) -> Registry {
        Registry { seed, mailboxes: Mailboxes::default() }
    }

    /// The household of that number. Must be asked for in order: addresses are given out once.
    pub fn household(&mut self, number: u64, tally: &mut Tally) -> Household {
        let random = Random::new(self.seed, number * 256);
        let mut dice = Dice::new(random, Source::Customers, tally);
        let several = dice.roll(Chance::Household);
        let size = if several { 2 + dice.random.weighted(&SIZES) } else { 1 };
        let mut people = people(&mut dice, number, size);
        for (place, person) in people.iter_mut().enumerate() {
            self.contacts(&mut dice, (number, place as u64), person);
        }
        let landline =
            dice.roll(if several { Chance::FamilyLandline } else { Chance::SingleLandline });
        let family = several && people[1].family == people[0].family;
        let email = (family && dice.roll(Chance::FamilyEmail)).then(|| {
            let given = [people[0].given.as_str(), people[1].given.as_str()];
            self.mailboxes.family(&mut dice.random, &people[0].family, given)
        });
        let home = Address::invent(&mut dice.random);
        let next = home.next(&mut dice.random);
        let moved = dice.roll(Chance::Moved);
        let day = dice.random.between(OPENED as usize, EXPORTED as usize) as i32;
        Household {
            number,
            people,
            homes: [home, next],
            moved: moved.then_some(day),
            email,
            landline: landline.then(|| phone(self.seed, number, 0)),
        }
    }

    fn contacts(&mut self, dice: &mut Dice<'_>, (number, place): (u64, u64), person: &mut Person) {
        let old = person.former.is_some() && dice.roll(Chance::OldMailbox);
        let family = if old { person.family_on(i32::MIN) } else { &person.family };
        let (year, _, _) = civil(person.born);
        if dice.roll(Chance::Email) {
            person.email = Some(self.mailboxes.own(&mut dice.random, &person.given, family, year));
        }
        if dice.roll(Chance::WorkEmail) {
            person.work_email =
                Some(self.mailboxes.work(&mut dice.random, &person.given, &person.family));
        }
        person.phone = phone(self.seed, number, place * 3 + 1);
        if number > 0 && dice.roll(Chance::RecycledPhone) {
            let other = dice.random.below(number as usize) as u64;
            person.phone = phone(self.seed, other, 1);
        }
        if dice.roll(Chance::SecondPhone) {
            person.second_phone = Some(phone(self.seed, number, place * 3 + 2));
        }
    }
}

fn people(dice: &mut Dice<'_>, number: u64, size: usize) -> Vec<Person> {
    let mut people = vec![stranger(dice, number * 8)];
    let others = parts(dice, size);
    for (place, &part) in others.iter().enumerate() {
        let mut person = stranger(dice, number * 8 + place as u64 + 1);
        match part {
            Part::Partner => partner(dice, &people[0], &mut person),
            Part::Child => {
                let twin = place > 0 && others[place - 1] == Part::Child;
                let twin = twin.then(|| people[place].clone());
                child(dice, &mut people, &mut person, twin);
            }
            Part::Flatmate => {}
        }
        people.push(person);
    }
    people
}

/// What everybody but the first is.
fn parts(dice: &mut Dice<'_>, size: usize) -> Vec<Part> {
    if size == 1 {
        return Vec::new();
    }
    if dice.roll(Chance::Flatmates) {
        return vec![Part::Flatmate; size - 1];
    }
    if size == 2 && dice.roll(Chance::ParentAndChild) {
        return vec![Part::Child];
    }
    let mut parts = vec![Part::Child; size - 1];
    parts[0] = Part::Partner;
    parts
}

/// Somebody of whom nothing is known yet: 22 to 82 years old.
fn stranger(dice: &mut Dice<'_>, number: u64) -> Person {
    let woman = dice.random.chance(500);
    let family = FAMILY.draw(&mut dice.random).to_owned();
    let born = EXPORTED - dice.random.between(22 * YEAR, 82 * YEAR) as i32;
    let mut person = Person {
        number,
        woman,
        given: GIVEN[usize::from(woman)].draw(&mut dice.random).to_owned(),
        middle: None,
        family,
        former: None,
        suffix: "",
        born,
        email: None,
        work_email: None,
        phone: String::new(),
        second_phone: None,
    };
    if dice.roll(Chance::Middle) {
        person.middle = Some(initial(&mut dice.random));
    }
    if woman && dice.roll(Chance::Married) {
        let day = dice.random.between(OPENED as usize, EXPORTED as usize) as i32;
        person.former = Some((FAMILY.draw(&mut dice.random).to_owned(), day));
    }
    person
}

fn partner(dice: &mut Dice<'_>, first: &Person, person: &mut Person) {
    person.born = first.born + dice.random.between(0, 12 * YEAR) as i32 - 6 * YEAR as i32;
    // Mostly a couple of a man and a woman.
    if person.woman == first.woman && dice.random.chance(950) {
        person.woman = !first.woman;
        person.given = GIVEN[usize::from(person.woman)].draw(&mut dice.random).to_owned();
        person.former = None;
    }
    if !dice.roll(Chance::KeptSurname) {
        person.family.clone_from(&first.family);
    }
}

/// A grown-up child of the first of `people`, and perhaps the twin of `other`.
fn child(dice: &mut Dice<'_>, people: &mut [Person], person: &mut Person, other: Option<Person>) {
    let first = &mut people[0];
    // Parents are at least 42, so that children who live at home are customers at all.
    let youngest = EXPORTED - 42 * YEAR as i32;
    first.born = first.born.min(youngest - dice.random.below(5 * YEAR) as i32);
    let grown = EXPORTED - 18 * YEAR as i32;
    let born = first.born + dice.random.between(20 * YEAR, 34 * YEAR) as i32;
    person.born = born.min(grown - dice.random.below(6 * YEAR) as i32);
    person.family.clone_from(&first.family);
    person.former = None;
    if let Some(other) = other
        && dice.roll(Chance::Twin)
    {
        person.born = other.born;
        if dice.roll(Chance::AlikeTwins) {
            person.given = alike(&mut dice.random, person.woman, &other.given);
        }
    } else if person.woman == first.woman && first.suffix.is_empty() && dice.roll(Chance::Junior) {
        person.given.clone_from(&first.given);
        person.middle = first.middle;
        (first.suffix, person.suffix) = if person.woman { ("", "") } else { ("Sr.", "Jr.") };
    }
    // Two children of one name would be a mistake of ours.
    while people[1..].iter().any(|sibling| sibling.given == person.given) {
        person.given = GIVEN[usize::from(person.woman)].draw(&mut dice.random).to_owned();
        if std::mem::take(&mut person.suffix) == "Jr." {
            people[0].suffix = "";
        }
    }
}

/// Another name with the first letter of `given`.
fn alike(random: &mut Random, woman: bool, given: &str) -> String {
    let names: Vec<&str> = GIVEN[usize::from(woman)]
        .all()
        .iter()
        .map(String::as_str)
        .filter(|name| name.as_bytes().first() == given.as_bytes().first() && *name != given)
        .collect();
    if names.is_empty() { given.to_owned() } else { random.pick(&names).to_owned() }
}

/// A middle initial, the common ones more often.
fn initial(random: &mut Random) -> char {
    const INITIALS: &[u8] = b"AMLJRESDCBTGKPWHFNVOIYZQUX";
    char::from(INITIALS[random.skewed(INITIALS.len())])
}
