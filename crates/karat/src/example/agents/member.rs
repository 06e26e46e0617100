//! One element of `team_members`: what a company's website says of a person.

use super::contact::{ROLES, written_phone};
use super::person::Person;
use super::random::Random;
use super::roster::{Insist, Listed};
use super::spoil::written_name;
use super::teams::Team;
use super::writing::{json_object, json_string};

/// A person as a website shows them.
#[derive(Clone, Debug)]
pub struct Member {
    /// Place in the list of people.
    pub person: usize,
    pub name: String,
    /// Several values in one text, separated by `,` `;` or `/`.
    pub email: Option<String>,
    pub phone: Option<String>,
    pub designation: Option<String>,
    more: Vec<(&'static str, String)>,
}

const DESIGNATIONS: &[&str] = &[
    "Realtor",
    "REALTOR®",
    "Broker Associate",
    "Listing Agent",
    "Buyer's Agent",
    "Sales Associate",
    "Team Lead",
    "Transaction Coordinator",
    "Office Manager",
    "Broker/Owner",
    "Marketing Director",
    "Realtor, CRS, GRI",
    "Agent",
    "Associate Broker",
    "Client Care",
];

const SEPARATORS: &[&str] = &[", ", ",", "; ", ";", " / ", "/"];

/// The record of `person`, listed by `team`.
pub fn member(random: &mut Random, listed: Listed, person: &Person, team: &Team) -> Member {
    Member {
        person: listed.person,
        name: written_name(random, &person.name),
        email: email(random, listed.insist, person, team),
        phone: phone(random, listed.insist, person, team),
        designation: match random.below(20) {
            0..16 => Some(random.pick(DESIGNATIONS).to_owned()),
            16 => Some(String::new()),
            _ => None,
        },
        more: more(random, team),
    }
}

fn email(random: &mut Random, insist: Insist, person: &Person, team: &Team) -> Option<String> {
    let own = if person.left_email { &person.other_email } else { &person.email };
    let role = format!("{}@{}", random.pick(ROLES), team.domain);
    let choice = match insist {
        Insist::Email => 0,
        _ => random.weighted(&[600, 90, 70, 45, 30, 60, 105]),
    };
    let first = match choice {
        0 => own.clone(),
        1 => person.other_email.clone(),
        2 => return Some(role),
        // What a mail address hidden from collecting programs looks like to them.
        3 => return Some("[email protected]".to_owned()),
        4 => return Some("N/A".to_owned()),
        5 => return Some(String::new()),
        _ => return None,
    };
    let written = match random.below(20) {
        0 => first.to_uppercase(),
        1 => format!(" {first}"),
        _ => first,
    };
    Some(match random.below(16) {
        0 => join(random, &written, &role),
        1 if !person.left_email => join(random, &written, &person.other_email),
        _ => written,
    })
}

fn phone(random: &mut Random, insist: Insist, person: &Person, team: &Team) -> Option<String> {
    let choice = match insist {
        Insist::Phone => random.weighted(&[70, 30]),
        _ => random.weighted(&[460, 120, 170, 40, 20, 25, 15, 15, 45, 30, 60]),
    };
    let own = written_phone(random, &person.mobile);
    let line = &team.offices[random.skewed(team.offices.len())];
    let office = written_phone(random, line);
    Some(match choice {
        0 => own,
        1 => join(random, &own, &office),
        2 => office,
        3 => format!("{office}{}", extension(random)),
        4 => format!("{own}{}", extension(random)),
        5 => "N/A".to_owned(),
        6 => "fax 555-123-4567".to_owned(),
        7 => format!("{own}, fax 555-123-4567"),
        8 => written_phone(random, &person.second_phone),
        9 => String::new(),
        _ => return None,
    })
}

fn extension(random: &mut Random) -> String {
    let number = random.between(1, 399);
    format!("{}{number}", random.pick(&[" x", "x", " ext. ", " ext "]))
}

/// Two values in one text, in either order.
fn join(random: &mut Random, a: &str, b: &str) -> String {
    let separator = random.pick(SEPARATORS);
    if random.chance(300) { format!("{b}{separator}{a}") } else { format!("{a}{separator}{b}") }
}

fn more(random: &mut Random, team: &Team) -> Vec<(&'static str, String)> {
    let mut more = Vec::new();
    if random.chance(150) {
        let number = random.below(10_000);
        more.push(("photo", json_string(&format!("https://{}/img/{number}.jpg", team.domain))));
    }
    if random.chance(60) {
        more.push(("languages", "[\"English\",\"Español\"]".to_owned()));
    }
    if random.chance(50) {
        more.push(("years", random.between(1, 40).to_string()));
    }
    more
}

impl Member {
    /// The JSON object.
    pub fn json(&self) -> String {
        let text = |value: &Option<String>| match value {
            Some(value) => json_string(value),
            None => "null".to_owned(),
        };
        let mut pairs = vec![
            ("name", json_string(&self.name)),
            ("email", text(&self.email)),
            ("phone", text(&self.phone)),
            ("designation", text(&self.designation)),
        ];
        pairs.extend(self.more.iter().cloned());
        json_object(&pairs)
    }

    /// The same record without a name: nobody can say whose it is.
    pub fn nameless(mut self, random: &mut Random) -> Member {
        self.name = random.pick(&["", " ", "   "]).to_owned();
        self
    }
}
