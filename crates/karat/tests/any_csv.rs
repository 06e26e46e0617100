//! Any CSV file is resolved by a dozen lines: here one with a blank after each comma, in the
//! header too, loaded as it is.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up ends there")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use karat_testdb::TestDb;
use support::World;

const MAIN: &str = "name = \"febrl\"\n";

const PEOPLE: &str = r#"files = "data/*.csv"
key = ["rec_id"]
"#;

const PERSON: &str = r#"sources = [{ dataset = "people" }]
fields.number.from = "soc_sec_id"
fields.born.from = "date_of_birth"
fields.name = { from = ["given_name", "surname"], clean = ["person_name"] }
fields.street = { from = ["address_1", "address_2"], clean = ["folded"] }
tiers = [
  { name = "number", score = 100, when = [{ same = "number" }] },
  { name = "name and birth", score = 90, when = [{ same = "name" }, { same = "born" }] },
  { name = "street and birth", score = 80, when = [{ same = "street" }, { same = "born" }] }]
"#;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

const GIVEN: [&str; 10] = [
    "mitchell", "harley", "madeline", "isabelle", "jackson", "chloe", "noah", "talia", "zac", "mia",
];
const SURNAMES: [&str; 12] = [
    "green", "mccarthy", "mason", "nguyen", "white", "clarke", "webb", "reid", "ryan", "o'brien",
    "dixon", "campbell",
];

fn row(id: &str, fields: &[String; 10]) -> String {
    format!("{id}, {}\n", fields.join(", "))
}

/// A letter of the text is left out.
fn mistyped(text: &str, dice: &mut Dice) -> String {
    let gone = dice.roll(text.chars().count());
    text.chars().enumerate().filter(|(at, _)| *at != gone).map(|(_, c)| c).collect()
}

/// 140 people, of whom 60 stand there a second time with one or two fields mistyped or empty.
fn file() -> String {
    let mut text = "rec_id, given_name, surname, street_number, address_1, address_2, suburb, \
        postcode, state, date_of_birth, soc_sec_id\n"
        .to_owned();
    let mut dice = Dice(7);
    for person in 0..140 {
        let mut fields = [
            GIVEN[dice.roll(GIVEN.len())].to_owned(),
            SURNAMES[dice.roll(SURNAMES.len())].to_owned(),
            (1 + dice.roll(200)).to_string(),
            format!("{} place", SURNAMES[dice.roll(SURNAMES.len())]),
            String::new(),
            "cleveland".to_owned(),
            (2000 + dice.roll(5000)).to_string(),
            "nsw".to_owned(),
            format!("19{:02}{:02}{:02}", dice.roll(99), 1 + dice.roll(12), 1 + dice.roll(28)),
            (1_000_000 + dice.roll(9_000_000)).to_string(),
        ];
        text += &row(&format!("rec-{person}-org"), &fields);
        if person % 7 < 3 {
            for _ in 0..1 + dice.roll(2) {
                let at = [0, 1, 8, 9][dice.roll(4)];
                let wrong = if fields[at].is_empty() {
                    String::new()
                } else {
                    mistyped(&fields[at], &mut dice)
                };
                fields[at] = if dice.roll(5) == 0 { String::new() } else { wrong };
            }
            text += &row(&format!("rec-{person}-dup-0"), &fields);
        }
    }
    text
}

/// Pairs of records in one group.
fn pairs<'a>(groups: impl Iterator<Item = (String, &'a str)>) -> BTreeSet<(&'a str, &'a str)> {
    let mut members: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (group, record) in groups {
        members.entry(group).or_default().push(record);
    }
    let of = |records: Vec<&'a str>| {
        let each = records.clone();
        each.into_iter().flat_map(move |a| {
            records.clone().into_iter().filter(move |b| a < *b).map(move |b| (a, b))
        })
    };
    members.into_values().flat_map(of).collect()
}

#[test]
fn a_dozen_lines_resolve_a_file_with_blanks_after_its_commas() {
    let lines = [MAIN, PEOPLE, PERSON].concat().lines().count();
    assert!(lines <= 12, "{lines} lines");
    let db = TestDb::new();
    let world = World::with_database(&db);
    let text = file();
    world.write(&[
        ("karat.toml", MAIN),
        ("datasets/people.toml", PEOPLE),
        ("entities/person.toml", PERSON),
        ("data/people.csv", &text),
    ]);
    let said = world.run(&["run"]);
    assert!(said.contains("exit 0") && said.contains("200 rows read: 200 new"), "{said}");

    let found = db.sql("select id, key from karat.membership where entity = 'person'");
    let found = pairs(found.lines().filter_map(|line| {
        let (id, record) = line.split_once('|')?;
        Some((id.to_owned(), record))
    }));
    let truth = pairs(text.lines().skip(1).filter_map(|line| {
        let record = line.split_once(',')?.0;
        Some((record.split('-').nth(1)?.to_owned(), record))
    }));
    let right = found.intersection(&truth).count() as f64;
    let (precision, recall) = (right / found.len() as f64, right / truth.len() as f64);
    assert!(precision >= 0.95 && recall >= 0.9, "precision {precision}, recall {recall}\n{said}");
}
