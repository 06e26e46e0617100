//! People who do not exist, made from a seed: about 1.5 records of each, names as unevenly spread
//! as real ones, moves, new surnames, typing errors and missing values. A value depends on seed
//! and record alone, so that columns are made one by one and no record is ever held as texts.

use std::fmt::Write;

use karat_resolve::linkage::texts::Texts;
use karat_resolve::linkage::{Column, IdOrder, Records, TextColumn};
use rayon::prelude::*;

/// What a record has, in the order of `NAMES`.
const FIELDS: [Field; 7] = [
    Field::Email,
    Field::Phone,
    Field::Given,
    Field::Surname,
    Field::Birth,
    Field::Postcode,
    Field::City,
];

#[derive(Clone, Copy)]
enum Field {
    Email,
    Phone,
    Given,
    Surname,
    Birth,
    Postcode,
    City,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Field::Email => "email",
            Field::Phone => "phone",
            Field::Given => "given_name",
            Field::Surname => "surname",
            Field::Birth => "birth_date",
            Field::Postcode => "postcode",
            Field::City => "city",
        }
    }

    /// How often it is missing, and how often mistyped, per cent.
    fn flaws(self) -> (u64, u64) {
        match self {
            Field::Email => (35, 2),
            Field::Phone => (40, 3),
            Field::Given => (1, 4),
            Field::Surname => (1, 4),
            Field::Birth => (6, 3),
            Field::Postcode => (8, 2),
            Field::City => (8, 3),
        }
    }
}

const SYLLABLES: [&str; 40] = [
    "an", "be", "cor", "da", "el", "fi", "gar", "ha", "is", "jo", "ka", "lin", "ma", "ner", "os",
    "pe", "ri", "san", "ta", "ul", "vi", "wen", "xa", "yor", "zel", "bra", "chi", "dro", "fre",
    "gla", "kri", "mon", "ne", "pau", "ren", "sto", "tri", "uma", "ver", "wil",
];
const DOMAINS: [&str; 12] = [
    "mail.test",
    "post.test",
    "inbox.test",
    "web.test",
    "home.test",
    "free.test",
    "net.test",
    "box.test",
    "fast.test",
    "work.test",
    "firm.test",
    "club.test",
];

/// Records in no particular order, and for each the number of its person.
pub fn generate(records: usize, seed: u64) -> (Records, Vec<u32>) {
    let truth = people_of(records, seed);
    let people = truth.iter().max().map_or(0, |last| u64::from(*last) + 1);
    let world = World { seed, postcodes: people / 400 + 40 };
    let column = |field: &Field| (field.name().to_owned(), world.column(*field, &truth));
    let columns = FIELDS.par_iter().map(column).collect();
    let mut ids = Texts::default();
    let mut id = String::new();
    for record in 0..records {
        id.clear();
        write!(id, "{record}").expect("a text can be written to");
        ids.push(&id);
    }
    let sources = vec![0; records];
    let records = Records::new(ids, sources, vec!["all".to_owned()], columns, IdOrder::Number);
    (records, truth)
}

/// Of 100 people 66 have one record, 22 two, 8 three and 4 four; shuffled.
fn people_of(records: usize, seed: u64) -> Vec<u32> {
    let mut truth = Vec::with_capacity(records);
    for person in 0.. {
        let copies = match below(100, draw(seed ^ 1, person)) {
            0..66 => 1,
            66..88 => 2,
            88..96 => 3,
            _ => 4,
        };
        let room = records - truth.len();
        truth.extend(std::iter::repeat_n(person as u32, copies.min(room)));
        if truth.len() == records {
            break;
        }
    }
    for last in (1..records).rev() {
        truth.swap(last, below(last as u64 + 1, draw(seed ^ 2, last as u64)) as usize);
    }
    truth
}

/// What all people share.
struct World {
    seed: u64,
    /// How many there are; each is home to about 400 people, however many there are in all.
    postcodes: u64,
}

impl World {
    fn column(&self, field: Field, truth: &[u32]) -> Column {
        let mut column = TextColumn::default();
        let mut text = String::new();
        for (record, person) in truth.iter().enumerate() {
            let dice = Dice { seed: self.seed ^ 3, of: record as u64 };
            let (missing, mistyped) = field.flaws();
            let place = field as u64 * 4;
            if dice.below(100, 32 + place) < missing {
                column.push(None);
                continue;
            }
            text.clear();
            self.write(field, (u64::from(*person), &dice), &mut text);
            if dice.below(100, 33 + place) < mistyped {
                mistype(&mut text, dice.roll(34 + place));
            }
            column.push(Some(&text));
        }
        column.finish()
    }

    /// What the person says of themselves when the record is taken.
    fn write(&self, field: Field, (person, record): (u64, &Dice), out: &mut String) {
        let one = Dice { seed: self.seed ^ 4, of: person };
        match field {
            Field::Given => {
                given_name(&one, out);
                if record.below(100, 0) < 4 {
                    out.truncate(4);
                }
            }
            Field::Surname => surname(&one, u64::from(record.below(100, 1) < 3), out),
            Field::Birth => birth_date(&one, out),
            Field::Postcode | Field::City => {
                let home = self.home(&one, u64::from(record.below(100, 2) < 8));
                match field {
                    Field::City => name(home / 40 * 617 % 1600 + 1600 * 7, out),
                    _ => put(out, format_args!("{}", 100_000 + home * 7919 % 900_000)),
                }
            }
            Field::Email => {
                given_name(&one, out);
                out.push('.');
                surname(&one, 0, out);
                let second = u64::from(record.below(100, 3) < 8);
                let domain = DOMAINS[skewed(&one, 12, 12 + second, 2.0) as usize];
                put(out, format_args!("{}@{domain}", one.below(5000, 10 + second)));
            }
            Field::Phone => {
                let second = u64::from(record.below(100, 4) < 8);
                put(out, format_args!("0{:09}", one.below(1_000_000_000, 14 + second)));
            }
        }
    }

    fn home(&self, person: &Dice, nth: u64) -> u64 {
        let a = person.below(self.postcodes, 16 + nth);
        a.min(person.below(2 * self.postcodes, 18 + nth))
    }
}

fn given_name(person: &Dice, out: &mut String) {
    name(skewed(person, 20_000, 0, 8.0) * 7919 % 64_000, out);
}

fn surname(person: &Dice, nth: u64, out: &mut String) {
    name(skewed(person, 200_000, 2 + nth, 12.0) * 77_003 % 2_560_000, out);
}

fn birth_date(person: &Dice, out: &mut String) {
    let year = 1935 + (person.below(80, 4) + person.below(80, 5)) / 2;
    let (month, day) = (1 + person.below(12, 6), 1 + person.below(28, 7));
    put(out, format_args!("{year}-{month:02}-{day:02}"));
}

/// One of `n`, the k-th as likely as 1 / (k + flat): Zipf's law with Mandelbrot's correction.
fn skewed(dice: &Dice, n: u64, nth: u64, flat: f64) -> u64 {
    let part = (dice.roll(nth) >> 11) as f64 / (1_u64 << 53) as f64;
    let k = flat * ((1.0 + n as f64 / flat).powf(part) - 1.0);
    (k as u64).min(n - 1)
}

/// The number in syllables.
fn name(mut number: u64, out: &mut String) {
    while number > 0 {
        out.push_str(SYLLABLES[(number % 40) as usize]);
        number /= 40;
    }
    if out.is_empty() {
        out.push_str("abo");
    }
}

/// A letter left out, doubled, replaced, or swapped with the next.
fn mistype(text: &mut String, bits: u64) {
    let at = below(text.len() as u64, bits << 8) as usize;
    let letter = text.remove(at);
    match bits % 4 {
        0 => {}
        1 => {
            text.insert(at, letter);
            text.insert(at, letter);
        }
        2 if letter.is_ascii_digit() => text.insert(at, char::from(b'0' + (bits / 4 % 10) as u8)),
        2 => text.insert(at, char::from(b'a' + (bits / 4 % 26) as u8)),
        _ => text.insert(if at < text.len() { at + 1 } else { 0 }, letter),
    }
}

fn put(out: &mut String, what: std::fmt::Arguments<'_>) {
    out.write_fmt(what).expect("a text can be written to");
}

/// Random numbers about a person or a record.
struct Dice {
    seed: u64,
    of: u64,
}

impl Dice {
    fn roll(&self, nth: u64) -> u64 {
        draw(self.seed, self.of << 6 | nth)
    }

    fn below(&self, limit: u64, nth: u64) -> u64 {
        below(limit, self.roll(nth))
    }
}

/// The `position`-th number of a seed's sequence (SplitMix64, Steele and others 2014).
fn draw(seed: u64, position: u64) -> u64 {
    let mut z = seed.wrapping_add(position.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number below `limit` from random bits (Lemire 2019).
fn below(limit: u64, bits: u64) -> u64 {
    ((u128::from(bits) * u128::from(limit)) >> 64) as u64
}
