//! Postal addresses: invented, and written as people write them.

use super::places::{CITIES, City, KINDS, STREETS};
use super::random::Random;

/// Where somebody lives.
#[derive(Clone)]
pub struct Address {
    number: usize,
    direction: &'static str,
    street: &'static str,
    kind: usize,
    unit: Option<String>,
    pub city: &'static City,
    pub zip: u32,
}

/// Signs that a scanner takes for digits, by digit.
const MISREAD: [&str; 10] = ["O", "I", "Z", "3", "A", "S", "G", "T", "B", "g"];

impl Address {
    /// An address that nobody is meant by.
    pub fn invent(random: &mut Random) -> Address {
        let city = &CITIES[random.weighted(&CITIES.each_ref().map(|city| city.weight))];
        Address::in_city(random, city)
    }

    /// Another address in the same branch's area in 7 of 10 cases, else anywhere.
    pub fn next(&self, random: &mut Random) -> Address {
        if random.chance(700) {
            let near: Vec<&City> = CITIES.iter().filter(|c| c.branch == self.city.branch).collect();
            let city = near[random.weighted(&near.iter().map(|c| c.weight).collect::<Vec<_>>())];
            return Address::in_city(random, city);
        }
        Address::invent(random)
    }

    fn in_city(random: &mut Random, city: &'static City) -> Address {
        let highest = [99, 999, 9999, 19_999][random.weighted(&[1, 4, 5, 2])];
        Address {
            number: random.between(1, highest),
            direction: ["", "N", "S", "E", "W"][random.weighted(&[76, 6, 6, 6, 6])],
            street: random.pick(STREETS),
            kind: random.weighted(&[26, 15, 18, 12, 9, 7, 5, 5, 3]),
            unit: random.chance(300).then(|| unit(random)),
            city,
            zip: city.zip * 100 + random.between(1, 45) as u32,
        }
    }

    /// `12 N Oak St` or `12 North Oak Street`.
    pub fn street(&self, in_full: bool) -> String {
        let direction = match (self.direction, in_full) {
            ("", _) => "",
            ("N", true) => "North ",
            ("S", true) => "South ",
            ("E", true) => "East ",
            ("W", true) => "West ",
            ("N", false) => "N ",
            ("S", false) => "S ",
            ("E", false) => "E ",
            _ => "W ",
        };
        let (long, short) = KINDS[self.kind];
        let kind = if in_full { long } else { short };
        format!("{} {direction}{} {kind}", self.number, self.street)
    }

    /// `Apt 4B`, `#4B`, `Unit 4B`; empty where there is none.
    pub fn unit(&self, random: &mut Random) -> String {
        let Some(unit) = &self.unit else { return String::new() };
        let word = ["Apt ", "#", "Unit ", "Apt. "][random.weighted(&[5, 2, 2, 1])];
        format!("{word}{unit}")
    }
}

fn unit(random: &mut Random) -> String {
    let highest = [9, 40, 450][random.weighted(&[2, 3, 5])];
    let number = random.between(1, highest);
    match random.weighted(&[7, 3]) {
        0 => number.to_string(),
        _ => format!("{number}{}", char::from(b'A' + random.below(6) as u8)),
    }
}

/// A postcode with one digit misread.
pub fn misread(random: &mut Random, zip: &str) -> String {
    let places: Vec<usize> = zip
        .bytes()
        .enumerate()
        .filter(|(_, b)| b.is_ascii_digit() && *b != b'3')
        .map(|(place, _)| place)
        .collect();
    let Some(&at) = places.get(random.below(places.len())) else { return zip.to_owned() };
    let digit = usize::from(zip.as_bytes()[at] - b'0');
    format!("{}{}{}", &zip[..at], MISREAD[digit], &zip[at + 1..])
}
