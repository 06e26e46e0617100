//! People in two lists, generated batch by batch: as they are, or after something changed.

use std::fmt::Write as _;

#[path = "../agents_support/random.rs"]
mod random;

use random::Random;

/// How a batch differs from the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    Nothing,
    /// The web shop leaves out most e-mail addresses.
    NoEmail,
    /// It writes towns otherwise.
    Towns,
    /// Whoever types for it makes more mistakes.
    Slips,
    /// Only the crm delivers, which is no drift.
    OneList,
    /// Twice as many records are of people who are known, which is none either.
    Known,
}

/// People, and how many records were made of them.
pub struct People {
    random: Random,
    people: Vec<[String; 5]>,
    records: usize,
    /// For each record, from id 1 on, whom it is of.
    pub owners: Vec<usize>,
}

const HEADER: &str = "id,first,last,born,town,email\n";

impl People {
    pub fn new(seed: u64) -> People {
        People { random: Random(seed), people: Vec::new(), records: 0, owners: Vec::new() }
    }

    /// So many records as CSV files of the two lists, crm and web: a third of them are of people
    /// who are known already.
    pub fn batch(&mut self, records: usize, shift: Shift) -> [String; 2] {
        let mut files = [HEADER.to_owned(), HEADER.to_owned()];
        for _ in 0..records {
            self.records += 1;
            let known = if shift == Shift::Known { 2 } else { 1 };
            let person = match self.people.is_empty() || self.random.below(3) >= known {
                true => self.person(),
                false => self.random.below(self.people.len()),
            };
            self.owners.push(person);
            let person = self.people[person].clone();
            let list = self.random.below(if shift == Shift::OneList { 1 } else { 2 });
            let shift = if list == 1 { shift } else { Shift::Nothing };
            let [first, last, born, town, email] = self.written(person, shift);
            let (file, id) = (&mut files[list], self.records);
            let line = writeln!(file, "{id},{first},{last},{born},{town},{email}");
            line.expect("a text takes all");
        }
        files
    }

    /// The place of somebody new.
    fn person(&mut self) -> usize {
        let (first, last) = (self.name(2), self.name(3));
        let year = 1930 + self.random.below(75);
        let born =
            format!("{year}-{:02}-{:02}", 1 + self.random.below(12), 1 + self.random.below(28));
        let town = format!("town{}", self.random.below(40) * self.random.below(40) / 40);
        let email = format!("{first}.{last}{}@mail.example", self.random.below(100));
        self.people.push([first, last, born, town, email]);
        self.people.len() - 1
    }

    fn name(&mut self, syllables: usize) -> String {
        const SYLLABLES: [&str; 16] = [
            "ba", "ko", "li", "mar", "ne", "so", "tan", "vi", "ra", "du", "fel", "gi", "han", "jo",
            "pet", "us",
        ];
        (0..syllables).map(|_| SYLLABLES[self.random.below(SYLLABLES.len())]).collect()
    }

    /// A person as a list has them: some things are missing, and some have a slip.
    fn written(&mut self, mut person: [String; 5], shift: Shift) -> [String; 5] {
        let slips = if shift == Shift::Slips { 550 } else { 60 };
        for at in [0, 1, 4] {
            if self.random.below(1000) < slips {
                person[at] = self.slip(&person[at]);
            }
        }
        if shift == Shift::Towns {
            person[3] = format!("city of {}", person[3]);
        }
        let no_email = if shift == Shift::NoEmail { 700 } else { 80 };
        for (at, missing) in [(2, 100), (3, 50), (4, no_email)] {
            if self.random.below(1000) < missing {
                person[at].clear();
            }
        }
        person
    }

    /// One letter is another.
    fn slip(&mut self, text: &str) -> String {
        let at = self.random.below(text.len().min(5));
        let letter = char::from(b'a' + self.random.below(26) as u8);
        text.char_indices().map(|(i, c)| if i == at { letter } else { c }).collect()
    }
}

/// The files of the project.
pub const FILES: [(&str, &str); 4] = [
    ("karat.toml", "name = \"people\"\n"),
    ("datasets/crm.toml", "files = \"data/crm.csv\"\nkey = [\"id\"]\nmode = \"merge\"\n"),
    ("datasets/web.toml", "files = \"data/web.csv\"\nkey = [\"id\"]\nmode = \"merge\"\n"),
    ("entities/people.toml", ENTITY),
];

const ENTITY: &str = r#"
sources = [{ dataset = "crm" }, { dataset = "web" }]
auto = 0.9999
review = 0.05
fields.first = { from = "first" }
fields.last = { from = "last" }
fields.born = { from = "born" }
fields.town = { from = "town" }
fields.email = { from = "email" }
blocking = [{ same = ["born"] }, { same = ["email"] }, { same = ["first", "last"] }, { same = ["last", "town"] }]
comparisons = [
  { field = "first", compare = "JaroWinklerAtThresholds", thresholds = [0.85] },
  { field = "last", compare = "JaroWinklerAtThresholds", thresholds = [0.85], term_frequency_adjustments = true },
  { field = "born", compare = "ExactMatch" },
  { field = "town", compare = "ExactMatch", term_frequency_adjustments = true },
  { field = "email", compare = "LevenshteinAtThresholds", thresholds = [1] },
]
[training]
sessions = [["born"], ["first", "last"]]
sure = [["first", "last", "born"]]
recall = 0.6
"#;
