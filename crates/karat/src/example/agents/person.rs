//! Invents people: a name, a team, and how they can be reached.

use super::contact::{Contacts, MAIL_DOMAINS};
use super::naming::{Name, Naming};
use super::random::Random;
use super::teams::Team;

/// An invented person.
#[derive(Clone, Debug)]
pub struct Person {
    pub name: Name,
    /// Place in the list of teams.
    pub team: usize,
    pub email: String,
    /// Where the person can be reached too, or could be before.
    pub other_email: String,
    /// 10 digits.
    pub mobile: String,
    pub second_phone: String,
    /// True if `email` was given to a successor.
    pub left_email: bool,
}

/// What new people are made from.
pub struct World<'a> {
    pub teams: &'a [Team],
    pub naming: Naming,
    pub contacts: Contacts,
}

impl World<'_> {
    /// A person of that name with addresses and numbers of their own.
    pub fn person(&mut self, random: &mut Random, name: Name, team: usize) -> Person {
        let company = &self.teams[team].domain;
        let (first, second) = match random.below(100) {
            0..45 => (company.as_str(), random.pick(MAIL_DOMAINS)),
            45..80 => (random.pick(MAIL_DOMAINS), company.as_str()),
            _ => (random.pick(MAIL_DOMAINS), random.pick(MAIL_DOMAINS)),
        };
        Person {
            email: self.contacts.email(random, &name, first),
            other_email: self.contacts.email(random, &name, second),
            mobile: self.contacts.phone(random),
            second_phone: self.contacts.phone(random),
            left_email: false,
            name,
            team,
        }
    }
}
