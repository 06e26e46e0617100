//! Random histories of records, decisions and overrides.

use std::fmt;

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Insert {
        table: &'static str,
        key: usize,
        values: [usize; 5],
    },
    Update {
        table: &'static str,
        key: usize,
        field: usize,
        value: usize,
    },
    Delete {
        table: &'static str,
        key: usize,
    },
    Decide {
        a: (&'static str, usize),
        b: (&'static str, usize),
        same: bool,
    },
    /// Takes back the decisions on a record.
    Undo {
        table: &'static str,
        key: usize,
    },
    /// A person says what a golden field is: of a published row, or of an id that leads to one.
    Say {
        row: usize,
        is_retired: bool,
        field: usize,
        value: usize,
    },
    /// Takes back what was said last, or before that.
    Unsay {
        nth: usize,
    },
    /// Somebody changes a published row, or removes it.
    Tamper {
        row: usize,
        remove: bool,
    },
    Resolve,
    /// A resolution that ends after so many microseconds, wherever it is.
    Kill {
        after: u64,
    },
}

/// Events in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct History(pub Vec<Event>);

pub const TABLES: [&str; 2] = ["crm", "web"];
pub const FIELDS: [&str; 5] = ["first", "last", "born", "city", "team"];

/// The values of each field; the first is missing.
pub const VALUES: [&[&str]; 5] = [
    &["", "Ann", "Anna", "Anne", "Bob", "Robert", "Carla", "Karla"],
    &["", "Smith", "Smyth", "Jones", "Garcia", "Nguyen"],
    &["", "1980-01-02", "1980-02-01", "1991-07-07", "1975-12-31"],
    &["", "Austin", "Boston", "Chicago"],
    &["", "red", "blue"],
];

/// Numbers drawn one after another.
struct Draw(u64);

impl Draw {
    /// A number below `n`, by SplitMix64.
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn table(&mut self) -> &'static str {
        TABLES[self.below(2)]
    }

    /// Values of a record; few are missing.
    fn values(&mut self) -> [usize; 5] {
        std::array::from_fn(|field| match self.below(8) {
            0 => 0,
            _ => 1 + self.below(VALUES[field].len() - 1),
        })
    }

    fn event(&mut self) -> Event {
        let (table, key) = (self.table(), self.below(KEYS));
        match self.below(23) {
            0..=6 => Event::Insert { table, key, values: self.values() },
            7..=10 => {
                let field = self.below(5);
                Event::Update { table, key, field, value: self.below(VALUES[field].len()) }
            }
            11..=13 => Event::Delete { table, key },
            14..=16 => {
                let b = (self.table(), self.below(KEYS));
                Event::Decide { a: (table, key), b, same: self.below(3) == 0 }
            }
            17 => Event::Undo { table, key },
            18 => Event::Tamper { row: self.below(20), remove: self.below(2) == 0 },
            19 => Event::Kill { after: 500 * self.below(60) as u64 },
            20..=21 => Event::Say {
                row: self.below(20),
                is_retired: self.below(3) == 0,
                field: self.below(4),
                value: self.below(3),
            },
            _ => Event::Unsay { nth: self.below(3) },
        }
    }
}

/// Keys of a table.
const KEYS: usize = 14;

impl History {
    /// The history of a seed: records, then some batches of events, each resolved.
    pub fn random(seed: u64) -> History {
        let mut draw = Draw(seed);
        let mut events = Vec::new();
        for _ in 0..draw.below(24) {
            let (table, key) = (draw.table(), draw.below(KEYS));
            events.push(Event::Insert { table, key, values: draw.values() });
        }
        events.push(Event::Resolve);
        for _ in 0..4 + draw.below(3) {
            for _ in 0..1 + draw.below(4) {
                events.push(draw.event());
            }
            events.push(Event::Resolve);
        }
        History(events)
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for event in &self.0 {
            match event {
                Event::Insert { table, key, values } => {
                    let shown: Vec<&str> =
                        values.iter().zip(VALUES).map(|(value, all)| all[*value]).collect();
                    writeln!(f, "  insert {table} {key} {shown:?}")?;
                }
                Event::Update { table, key, field, value } => writeln!(
                    f,
                    "  update {table} {key} {} = {:?}",
                    FIELDS[*field], VALUES[*field][*value]
                )?,
                other => writeln!(f, "  {other:?}")?,
            }
        }
        Ok(())
    }
}
