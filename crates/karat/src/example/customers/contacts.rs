//! E-mail addresses and telephone numbers that can belong to nobody.
//!
//! Addresses are below names reserved for examples (RFC 2606). Numbers are of exchanges that are
//! not given to people's telephones: 555 first, and where those run out, the ones of tests and of
//! services (958, 959, 950, 211 to 811).

use std::collections::HashSet;

use super::places::AREAS;
use super::random::Random;
use super::scramble::scramble;

const DOMAINS: [&str; 8] = [
    "mail.example",
    "inbox.example",
    "post.example",
    "example.com",
    "example.net",
    "example.org",
    "webmail.example",
    "letters.example",
];
const DOMAIN_WEIGHTS: [usize; 8] = [42, 15, 12, 11, 7, 5, 5, 3];

/// First words of employers, whose domains end in `.example`.
const EMPLOYERS: [&str; 12] = [
    "alderwood",
    "bluestone",
    "cascade",
    "dovetail",
    "evergreen",
    "foxglove",
    "graniteworks",
    "harborline",
    "ironbridge",
    "juniper",
    "kestrel",
    "lakeside",
];
const TRADES: [&str; 6] = ["", "group", "health", "systems", "foods", "design"];

const EXCHANGES: [u64; 11] = [555, 958, 959, 950, 211, 311, 411, 511, 611, 711, 811];
const LINES: u64 = 10_000;

/// Gives out addresses, none twice. Only their hashes are kept: 8 bytes each.
#[derive(Default)]
pub struct Mailboxes {
    used: HashSet<u64>,
}

impl Mailboxes {
    /// A person's own address.
    pub fn own(&mut self, random: &mut Random, given: &str, family: &str, born: i64) -> String {
        let (given, family) = (letters(given), letters(family));
        let initial = given.get(..1).unwrap_or("x");
        let year = born.rem_euclid(100);
        let local = match random.weighted(&[30, 12, 16, 8, 8, 12, 14]) {
            0 => format!("{given}.{family}"),
            1 => format!("{given}{family}"),
            2 => format!("{initial}{family}{year:02}"),
            3 => format!("{given}_{family}"),
            4 => format!("{family}.{initial}"),
            5 => format!("{given}{}", random.between(10, 9999)),
            _ => format!("{given}{family}{year:02}"),
        };
        let domain = DOMAINS[random.weighted(&DOMAIN_WEIGHTS)];
        self.take(random, &local, domain)
    }

    /// An address at work.
    pub fn work(&mut self, random: &mut Random, given: &str, family: &str) -> String {
        let (given, family) = (letters(given), letters(family));
        let local = match random.below(2) {
            0 => format!("{}{family}", given.get(..1).unwrap_or("x")),
            _ => format!("{given}.{family}"),
        };
        let employer = random.pick(&EMPLOYERS);
        let domain = format!("{employer}{}.example", random.pick(&TRADES));
        self.take(random, &local, &domain)
    }

    /// A family's address.
    pub fn family(&mut self, random: &mut Random, surname: &str, given: [&str; 2]) -> String {
        let surname = letters(surname);
        let local = match random.below(3) {
            0 => format!("the{surname}s"),
            1 => format!("{surname}family"),
            _ => format!("{}and{}", letters(given[0]), letters(given[1])),
        };
        let domain = DOMAINS[random.weighted(&DOMAIN_WEIGHTS)];
        self.take(random, &local, domain)
    }

    /// A taken name gets digits, as providers propose.
    fn take(&mut self, random: &mut Random, local: &str, domain: &str) -> String {
        let mut email = format!("{local}@{domain}");
        while !self.used.insert(fnv(&email)) {
            email = format!("{local}{}@{domain}", random.between(2, 9999));
        }
        email
    }
}

/// FNV-1a with 64 bits, which is the same on every machine.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

fn letters(name: &str) -> String {
    name.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect()
}

/// The ten digits of number `slot` (below 16) of a household; no number twice in the first
/// 1.3 million households, which is about 3 million records.
pub fn phone(seed: u64, household: u64, slot: u64) -> String {
    let n = household * 16 + slot;
    let all = AREAS.len() as u64 * LINES;
    let exchange = EXCHANGES[(n / all) as usize % EXCHANGES.len()];
    let at = scramble(n % all, all, seed);
    format!("{}{exchange}{:04}", AREAS[(at / LINES) as usize], at % LINES)
}

/// Ten digits in one of the forms people use.
pub fn written_phone(random: &mut Random, digits: &str) -> String {
    let Some((area, exchange, line)) =
        digits.get(..3).zip(digits.get(3..6)).zip(digits.get(6..)).map(|((a, e), l)| (a, e, l))
    else {
        return digits.to_owned();
    };
    match random.weighted(&[35, 20, 12, 8, 12, 6, 4, 3]) {
        0 => format!("({area}) {exchange}-{line}"),
        1 => format!("{area}-{exchange}-{line}"),
        2 => format!("{area}.{exchange}.{line}"),
        3 => format!("1{digits}"),
        4 => digits.to_owned(),
        5 => format!("+1 {area}-{exchange}-{line}"),
        6 => format!("{area} {exchange} {line}"),
        _ => format!("({area}){exchange}-{line} x{}", random.between(1, 99)),
    }
}
