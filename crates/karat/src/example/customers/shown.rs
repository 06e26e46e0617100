//! What a record says: the truth on its day, and what became of it in writing.

use super::address::{Address, misread};
use super::chances::{Chance, Source};
use super::contacts::{phone, written_phone};
use super::dice::Dice;
use super::history::Visit;
use super::names::nicknames;
use super::person::{Household, Person};
use super::places::state_name;
use super::slips::{misheard, mistyped};

/// The written fields that all sources have in some form; empty where there is nothing.
#[derive(Clone, Default)]
pub struct Shown {
    pub given: String,
    pub middle: String,
    pub family: String,
    pub suffix: &'static str,
    pub last_first: bool,
    pub born: Option<i32>,
    pub emails: [String; 2],
    pub phones: [String; 2],
    pub street: String,
    pub unit: String,
    pub city: String,
    pub state: String,
    pub zip: String,
}

const NO_EMAIL: [&str; 7] =
    ["test@test.com", "no email", "N/A", "none@none.com", "noemail@example.com", "n/a", "none"];
const NO_PHONE: [&str; 6] =
    ["000-000-0000", "N/A", "(000) 000-0000", "none", "0000000000", "999-999-9999"];

/// What the record of `visit` says. `seed` is that of the numbers.
pub fn shown(dice: &mut Dice<'_>, seed: u64, household: &Household, visit: &Visit) -> Shown {
    let person = &household.people[visit.place];
    let mut shown = Shown::default();
    name(dice, person, visit.changed, &mut shown);
    if dice.roll(Chance::OnlyName) {
        return shown;
    }
    born(dice, person, &mut shown);
    emails(dice, household, person, &mut shown);
    let own = if visit.new_phone {
        phone(seed, household.number, visit.place as u64 * 3 + 3)
    } else {
        person.phone.clone()
    };
    phones(dice, household, person, (own, &mut shown));
    let current = household.home_on(visit.changed);
    let moved = household.moved.is_some_and(|day| visit.changed >= day);
    let address =
        if moved && dice.roll(Chance::OldAddress) { &household.homes[0] } else { current };
    place(dice, address, &mut shown);
    letters(dice, &mut shown);
    shown
}

fn name(dice: &mut Dice<'_>, person: &Person, day: i32, shown: &mut Shown) {
    shown.given.clone_from(&person.given);
    person.family_on(day).clone_into(&mut shown.family);
    if let Some((former, until)) = &person.former
        && day >= *until
        && dice.roll(Chance::OldSurname)
    {
        shown.family.clone_from(former);
    }
    let short = nicknames(&person.given);
    if !short.is_empty() && dice.roll(Chance::Nickname) {
        dice.random.pick(short).clone_into(&mut shown.given);
    }
    if dice.roll(Chance::GivenTypo) {
        shown.given = mistyped(&mut dice.random, &shown.given);
    }
    if dice.roll(Chance::FamilyTypo) {
        shown.family = mistyped(&mut dice.random, &shown.family);
    }
    if let Some(middle) = person.middle
        && dice.roll(Chance::ShowsMiddle)
    {
        shown.middle = middle.to_string();
    }
    if !person.suffix.is_empty() && dice.roll(Chance::ShowsSuffix) {
        shown.suffix = person.suffix;
    }
    if dice.roll(Chance::Swapped) {
        std::mem::swap(&mut shown.given, &mut shown.family);
    }
    if dice.roll(Chance::OneField) {
        shown.given = format!("{} {}", shown.given, shown.family);
        shown.family.clear();
    }
    shown.last_first = dice.roll(Chance::LastFirst);
}

fn born(dice: &mut Dice<'_>, person: &Person, shown: &mut Shown) {
    if !dice.roll(Chance::ShowsBorn) {
        return;
    }
    let wrong = dice.roll(Chance::BornWrong);
    // A day beside it, ten days off, about a year off.
    let off = if wrong { [1, -1, 10, -10, 365, -366][dice.random.below(6)] } else { 0 };
    shown.born = Some(person.born + off);
}

fn emails(dice: &mut Dice<'_>, household: &Household, person: &Person, shown: &mut Shown) {
    let mut own = person.email.clone();
    let mut other = person.work_email.clone();
    if own.is_none() || other.is_some() && dice.roll(Chance::GivesWorkEmail) {
        std::mem::swap(&mut own, &mut other);
    }
    if let Some(family) = &household.email
        && dice.roll(Chance::GivesFamilyEmail)
    {
        own = Some(family.clone());
    }
    if other.is_some() && dice.roll(Chance::GivesSecond) {
        shown.emails[1] = other.unwrap_or_default();
    }
    let Some(mut email) = own else { return };
    if dice.roll(Chance::NoEmail) {
        return;
    }
    if dice.roll(Chance::EmailPlaceholder) {
        email = dice.random.pick(&NO_EMAIL).to_owned();
    } else if dice.roll(Chance::EmailTypo) {
        email = mistyped(&mut dice.random, &email);
    }
    shown.emails[0] = email;
}

fn phones(
    dice: &mut Dice<'_>,
    household: &Household,
    person: &Person,
    (mut own, shown): (String, &mut Shown),
) {
    if person.second_phone.is_some() && dice.roll(Chance::GivesSecond) {
        let second = person.second_phone.clone().unwrap_or_default();
        shown.phones[1] = written_phone(&mut dice.random, &second);
    }
    if let Some(landline) = &household.landline
        && dice.roll(Chance::GivesLandline)
    {
        own.clone_from(landline);
    }
    if dice.roll(Chance::NoPhone) {
        return;
    }
    if dice.roll(Chance::PhonePlaceholder) {
        shown.phones[0] = dice.random.pick(&NO_PHONE).to_owned();
        return;
    }
    if dice.roll(Chance::PhoneTypo) {
        own = misheard(&mut dice.random, &own);
    }
    shown.phones[0] = written_phone(&mut dice.random, &own);
}

fn place(dice: &mut Dice<'_>, address: &Address, shown: &mut Shown) {
    if !dice.roll(Chance::NoStreet) {
        shown.street = address.street(dice.roll(Chance::StreetInFull));
        shown.unit = address.unit(&mut dice.random);
        if dice.roll(Chance::StreetTypo) {
            shown.street = mistyped(&mut dice.random, &shown.street);
        }
    }
    if !dice.roll(Chance::NoCity) {
        address.city.name.clone_into(&mut shown.city);
        let code = address.city.state;
        let state = if dice.roll(Chance::StateInFull) { state_name(code) } else { code };
        state.clone_into(&mut shown.state);
    }
    if dice.roll(Chance::NoZip) {
        return;
    }
    shown.zip = format!("{:05}", address.zip);
    if dice.roll(Chance::ZipMisread) {
        shown.zip = misread(&mut dice.random, &shown.zip);
    } else if dice.roll(Chance::ZipPlusFour) {
        // The four digits are the address's: the same each time.
        shown.zip = format!("{}-{:04}", shown.zip, 1000 + address.zip * 7 % 9000);
    }
}

fn letters(dice: &mut Dice<'_>, shown: &mut Shown) {
    let change: fn(&str) -> String = if dice.roll(Chance::Capitals) {
        str::to_uppercase
    } else if dice.roll(Chance::SmallLetters) {
        str::to_lowercase
    } else {
        return;
    };
    let Shown { given, middle, family, street, unit, city, .. } = shown;
    for text in [given, middle, family, street, unit, city] {
        *text = change(text);
    }
    if dice.source == Source::Leads {
        shown.emails[0] = change(&shown.emails[0]);
    }
}
