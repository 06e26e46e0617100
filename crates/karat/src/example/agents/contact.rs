//! Invents e-mail addresses and telephone numbers, and writes numbers the way people do.
//!
//! Every address is below a name reserved for examples (RFC 2606). Every number is random inside
//! the exchange 555, which is not given to people's telephones.

use std::collections::HashSet;

use super::fold::ascii;
use super::naming::Name;
use super::random::Random;

/// Where people have their mail when not at their company.
pub const MAIL_DOMAINS: &[&str] = &[
    "example.com",
    "example.com",
    "example.com",
    "example.org",
    "example.net",
    "mail.example",
    "inbox.example",
    "post.example",
];

/// Local parts that belong to an office and not to a person.
pub const ROLES: &[&str] = &["info", "office", "team", "contact", "sales", "hello", "admin"];

const AREAS: &[u16] = &[
    201, 205, 206, 210, 212, 213, 214, 215, 216, 219, 224, 231, 239, 240, 248, 253, 262, 267, 281,
    301, 303, 305, 310, 312, 314, 317, 321, 330, 336, 347, 352, 360, 386, 402, 404, 405, 407, 410,
    412, 414, 415, 424, 425, 434, 440, 443, 469, 480, 484, 501, 502, 503, 504, 505, 507, 508, 510,
    512, 513, 515, 516, 518, 520, 530, 541, 559, 561, 562, 571, 586, 602, 603, 605, 608, 609, 610,
    612, 614, 615, 616, 617, 619, 626, 630, 631, 646, 650, 661, 678, 702, 703, 704, 706, 707, 713,
    714, 717, 718, 719, 720, 724, 727, 732, 734, 740, 757, 760, 763, 770, 772, 773, 774, 785, 801,
    802, 803, 804, 805, 808, 810, 812, 813, 814, 815, 816, 817, 818, 828, 830, 832, 843, 845, 847,
    850, 856, 859, 860, 864, 865, 901, 903, 904, 907, 908, 909, 910, 913, 914, 916, 918, 919, 920,
    925, 928, 936, 937, 940, 941, 949, 951, 954, 970, 971, 972, 973, 978, 979, 980, 985,
];

/// Gives out addresses and numbers, none twice.
#[derive(Default)]
pub struct Contacts {
    emails: HashSet<String>,
    phones: HashSet<u64>,
}

impl Contacts {
    /// A new number: 10 digits.
    pub fn phone(&mut self, random: &mut Random) -> String {
        loop {
            let area = u64::from(AREAS[random.below(AREAS.len())]);
            let number = area * 10_000_000 + 5_550_000 + random.below(10_000) as u64;
            if self.phones.insert(number) {
                return number.to_string();
            }
        }
    }

    /// A new address at `domain` for the bearer of `name`: lower case, ASCII.
    pub fn email(&mut self, random: &mut Random, name: &Name, domain: &str) -> String {
        let (given, family) = (letters(&name.given), letters(&name.family));
        let initial = given.get(..1).unwrap_or("x");
        let local = match random.below(8) {
            0..=2 => format!("{given}.{family}"),
            3 => format!("{given}{family}"),
            4 => format!("{initial}{family}"),
            5 => format!("{given}_{family}"),
            6 => format!("{family}.{initial}"),
            _ => format!("{given}{}", random.between(10, 99)),
        };
        let mut email = format!("{local}@{domain}");
        let mut number = 1;
        while !self.emails.insert(email.clone()) {
            number += 1;
            email = format!("{local}{number}@{domain}");
        }
        email
    }
}

fn letters(name: &str) -> String {
    ascii(name).to_lowercase().chars().filter(char::is_ascii_alphabetic).collect()
}

/// The 10 digits of `number` in one of the forms people use.
pub fn written_phone(random: &mut Random, number: &str) -> String {
    let (area, exchange, line) = parts(number);
    match random.weighted(&[40, 18, 14, 10, 8, 5, 5]) {
        0 => format!("({area}) {exchange}-{line}"),
        1 => format!("{area}-{exchange}-{line}"),
        2 => format!("{area}.{exchange}.{line}"),
        3 => format!("1{number}"),
        4 => number.to_owned(),
        5 => format!("+1 {area}-{exchange}-{line}"),
        _ => format!("{area} {exchange} {line}"),
    }
}

/// Area, exchange and line of 10 digits.
pub fn parts(number: &str) -> (&str, &str, &str) {
    (&number[..3], &number[3..6], &number[6..])
}
