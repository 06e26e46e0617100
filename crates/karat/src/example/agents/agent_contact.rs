//! An agent's addresses and numbers: the cleaned columns, and the columns as collected.

use super::agent::Cast;
use super::cast::{Line, Part};
use super::contact::{Contacts, written_phone};
use super::person::Person;
use super::random::{Random, Shares, deal};
use super::writing::json_strings;

/// What `phone_digits` holds.
#[derive(Clone, Copy)]
enum Digits {
    One,
    Eleven,
    Seven,
    Repeated,
    Several(usize),
}

/// What `phone` holds next to digits.
#[derive(Clone, Copy)]
enum RawPhone {
    Same,
    Glued,
    Quoted,
    Another,
    Missing,
}

/// What `email` holds.
#[derive(Clone, Copy)]
enum RawEmail {
    Same,
    Invalid,
    Missing,
    EmptyText,
    NullElement,
}

/// The shapes dealt to the rows that can have them.
pub struct Shapes {
    digits: Vec<Digits>,
    phones: Vec<RawPhone>,
    /// For rows without digits.
    bare_phones: Vec<bool>,
    two_emails: Vec<bool>,
    /// For rows without a clean address.
    bare_emails: Vec<RawEmail>,
}

impl Shapes {
    /// Deals to all rows.
    pub fn deal(random: &mut Random, parts: &[Part]) -> Shapes {
        let n = parts.len();
        let email = parts.iter().filter(|part| part.reach.email).count();
        let phone = parts.iter().filter(|part| part.reach.phone).count();
        Shapes {
            digits: deal(random, phone, &DIGITS),
            phones: deal(random, phone, &RAW_PHONES),
            bare_phones: deal(
                random,
                n - phone,
                &Shares { whole: 1753, counts: &[(true, 762)], rest: false },
            ),
            two_emails: deal(
                random,
                email,
                &Shares { whole: 3248, counts: &[(true, 1)], rest: false },
            ),
            bare_emails: deal(random, n - email, &RAW_EMAILS),
        }
    }

    /// The column `email_clean`.
    pub fn emails(&mut self, random: &mut Random, cast: &Cast<'_>, place: usize) -> Vec<String> {
        let (part, person) = (&cast.parts[place], &cast.people[place]);
        if !part.reach.email {
            return Vec::new();
        }
        let two = self.two_emails.pop().unwrap_or_default();
        let domain = &cast.teams[person.team].domain;
        let first = match part.role_email {
            true => format!("office@{domain}"),
            false if !part.shares && random.chance(30) => person.other_email.clone(),
            false => person.email.clone(),
        };
        let second = if first == person.email { &person.other_email } else { &person.email };
        if two { vec![first, second.clone()] } else { vec![first] }
    }

    /// The column `phone_digits`.
    pub fn phones(
        &mut self,
        random: &mut Random,
        cast: &Cast<'_>,
        place: usize,
        contacts: &mut Contacts,
    ) -> Vec<String> {
        let (part, person) = (&cast.parts[place], &cast.people[place]);
        if !part.reach.phone {
            return Vec::new();
        }
        let first = match part.line {
            Line::Office(line) => cast.teams[person.team].offices[line].clone(),
            Line::Own => person.mobile.clone(),
        };
        let alone = part.line == Line::Own && !part.shares;
        match self.digits.pop().unwrap_or(Digits::One) {
            Digits::Eleven if alone => vec![format!("1{first}")],
            Digits::Seven if alone => vec![first[3..].to_owned()],
            Digits::One | Digits::Eleven | Digits::Seven => vec![first],
            Digits::Repeated => vec![first.clone(), first],
            Digits::Several(count) => {
                let mut phones = vec![first, person.second_phone.clone()];
                phones.extend((2..count).map(|_| contacts.phone(random)));
                phones
            }
        }
    }

    /// The column `email`, as JSON.
    pub fn raw_email(
        &mut self,
        random: &mut Random,
        part: &Part,
        clean: &[String],
        person: &Person,
    ) -> Option<String> {
        let shape = self.email_shape(part);
        collected_email(random, shape, clean, person)
    }

    /// The column `phone`, as JSON.
    pub fn raw_phone(
        &mut self,
        random: &mut Random,
        part: &Part,
        digits: &[String],
        person: &Person,
    ) -> Option<String> {
        let shape = self.phone_shape(part);
        collected_phone(random, shape, digits, person)
    }

    fn email_shape(&mut self, part: &Part) -> RawEmail {
        if part.reach.email {
            return RawEmail::Same;
        }
        self.bare_emails.pop().unwrap_or(RawEmail::Missing)
    }

    fn phone_shape(&mut self, part: &Part) -> RawPhone {
        if part.reach.phone {
            return self.phones.pop().unwrap_or(RawPhone::Same);
        }
        if self.bare_phones.pop().unwrap_or_default() { RawPhone::Same } else { RawPhone::Missing }
    }
}

fn collected_email(
    random: &mut Random,
    shape: RawEmail,
    clean: &[String],
    person: &Person,
) -> Option<String> {
    let address = clean.first().unwrap_or(&person.email);
    match shape {
        RawEmail::Missing => None,
        RawEmail::EmptyText => Some("[\"\"]".to_owned()),
        RawEmail::NullElement => Some("[null]".to_owned()),
        RawEmail::Invalid => {
            let local = address.split('@').next().unwrap_or_default();
            let ends = ["@", "@example", " at example.com", "@@example.com", ".example.com"];
            Some(json_strings(&[format!("{local}{}", random.pick(&ends))]))
        }
        RawEmail::Same if clean.len() > 1 => Some(json_strings(clean)),
        RawEmail::Same => {
            let written = match random.below(20) {
                0 => address.to_uppercase(),
                1..4 => capitalised(address),
                4 => format!("{address} "),
                _ => address.clone(),
            };
            Some(json_strings(&[written]))
        }
    }
}

/// Each word of a local part with a capital: `Jane.Doe@example.com`.
fn capitalised(address: &str) -> String {
    let mut start = true;
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    let local: String = local
        .chars()
        .map(|c| {
            let out = if start { c.to_ascii_uppercase() } else { c };
            start = !c.is_alphanumeric();
            out
        })
        .collect();
    format!("{local}@{domain}")
}

fn collected_phone(
    random: &mut Random,
    shape: RawPhone,
    digits: &[String],
    person: &Person,
) -> Option<String> {
    let first = digits.first().unwrap_or(&person.mobile);
    let last = digits.last().filter(|last| *last != first).unwrap_or(&person.second_phone);
    match shape {
        RawPhone::Missing => None,
        RawPhone::Glued => Some(json_strings(&[format!("{first}{last}")])),
        RawPhone::Quoted => Some(json_strings(&[format!("\"{}\"", as_written(random, first))])),
        RawPhone::Another => Some(json_strings(&[written_phone(random, &person.second_phone)])),
        RawPhone::Same if digits.is_empty() => {
            Some(json_strings(&[as_written(random, &person.mobile)]))
        }
        RawPhone::Same => {
            let written: Vec<String> = digits.iter().map(|d| as_written(random, d)).collect();
            Some(json_strings(&written))
        }
    }
}

fn as_written(random: &mut Random, digits: &str) -> String {
    match digits.len() {
        10 => written_phone(random, digits),
        7 => format!("{}-{}", &digits[..3], &digits[3..]),
        _ => digits.to_owned(),
    }
}

const DIGITS: Shares<'static, Digits> = Shares {
    whole: 3247,
    counts: &[
        (Digits::Eleven, 13),
        (Digits::Seven, 1),
        (Digits::Repeated, 55),
        (Digits::Several(2), 197),
        (Digits::Several(3), 21),
        (Digits::Several(4), 2),
    ],
    rest: Digits::One,
};
const RAW_PHONES: Shares<'static, RawPhone> = Shares {
    whole: 3247,
    counts: &[
        (RawPhone::Glued, 114),
        (RawPhone::Quoted, 150),
        (RawPhone::Another, 200),
        (RawPhone::Missing, 71),
    ],
    rest: RawPhone::Same,
};
const RAW_EMAILS: Shares<'static, RawEmail> = Shares {
    whole: 1752,
    counts: &[
        (RawEmail::Same, 620),
        (RawEmail::Invalid, 29),
        (RawEmail::Missing, 200),
        (RawEmail::EmptyText, 485),
    ],
    rest: RawEmail::NullElement,
};
