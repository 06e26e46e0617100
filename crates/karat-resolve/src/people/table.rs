//! The records as numbers, row by row: all that comparing two of them needs is in two short rows
//! and in the values that those name.

use std::borrow::Cow;

use rayon::prelude::*;

use super::names::{Alignment, Named, Names};
use super::plan::{Field, Plan, Role};
use super::sets::Reading;
use super::values::{Values, read};
use crate::linkage::model::LinkType;
use crate::linkage::texts::{Interner, Texts};
use crate::linkage::{MISSING, Records, Refusal};

/// The most comparisons a plan may have, so that evidence fits a small array.
pub(super) const MOST: usize = 16;

/// A record in one line of the cache: its values, and the words of its name where there is room.
#[derive(Clone)]
#[repr(align(64))]
struct Row {
    numbers: [u32; MOST],
}

/// What is compared.
pub(super) struct Compared {
    pub name: String,
    pub role: Role,
    pub values: Values,
}

/// All records, by numbers of its own: like records stand together, because they are compared
/// with each other most, and near memory is fast.
pub(super) struct Table {
    pub len: usize,
    /// For each number the record, and the other way round.
    pub records: Vec<u32>,
    pub numbers: Vec<u32>,
    /// Numbers in a row: one for each comparison, that of names last.
    pub width: usize,
    rows: Vec<Row>,
    pub compared: Vec<Compared>,
    pub names: Option<Names>,
    /// Given names and surnames, of one dictionary, for blocking.
    pub given: Vec<u32>,
    pub surname: Vec<u32>,
    pub name_parts: Texts,
    /// For each of them its first word, by its number among the words of names.
    first_words: Vec<u32>,
    pub sources: Vec<u16>,
    pub distinct: Vec<bool>,
    pub across: bool,
}

impl Table {
    pub fn new(records: &Records, plan: &Plan) -> Result<Table, Refusal> {
        let mut compared = Vec::new();
        let mut columns = Vec::new();
        for field in plan.fields.iter().filter(|field| !field.role.is_name()) {
            let mut reading = Reading::default();
            let of = read(records, field, &mut reading)?;
            let (of, values) = Values::new(field.role, reading.finish(of));
            columns.push(of);
            compared.push(Compared { name: field.name.clone(), role: field.role, values });
        }
        let read = NameColumns::read(records, plan)?;
        let names = read.any.then(|| {
            let (of, names) = Names::new(read.texts());
            columns.push(of);
            names
        });
        if columns.is_empty() || columns.len() > MOST {
            let what = format!("a plan has 1 to {MOST} comparisons, this has {}", columns.len());
            return Err(Refusal::new(what));
        }
        if let Some(names) = &names {
            let of = columns.last().expect("names are the last column").clone();
            for (compared, values) in compared.iter_mut().zip(&columns) {
                compared.values.note_names(values, (names, &of));
            }
        }
        let (given, surname, name_parts) = read.parts();
        let first_words = names.as_ref().map(|names| names.first_words(&name_parts));
        let order = like_by_like([&surname, &given], &name_parts, records.len());
        let reordered = |column: &Vec<u32>| match column.is_empty() {
            true => Vec::new(),
            false => order.iter().map(|record| column[*record as usize]).collect(),
        };
        columns.iter_mut().for_each(|column| *column = reordered(column));
        let mut numbers = vec![0; order.len()];
        order.iter().enumerate().for_each(|(at, record)| numbers[*record as usize] = at as u32);
        Ok(Table {
            len: records.len(),
            width: columns.len(),
            rows: rows(&columns, names.as_ref(), records.len()),
            compared,
            names,
            given: reordered(&given),
            surname: reordered(&surname),
            name_parts,
            first_words: first_words.unwrap_or_default(),
            sources: order.iter().map(|record| records.sources[*record as usize]).collect(),
            records: order,
            numbers,
            distinct: plan.distinct.clone(),
            across: plan.link == LinkType::Link,
        })
    }

    /// The values of a record, one for each comparison.
    #[inline]
    pub fn row(&self, record: u32) -> &[u32] {
        &self.rows[record as usize].numbers[..self.width]
    }

    /// The name of a record and its words.
    #[inline]
    pub fn named(&self, record: u32) -> Option<(&Names, Named<'_>)> {
        let names = self.names.as_ref()?;
        let row = &self.rows[record as usize].numbers;
        let name = row[self.width - 1];
        if name == MISSING {
            return None;
        }
        // The words end before the first number that is none, which an overfull row has not.
        let room = &row[self.width..];
        let words = match room.iter().position(|word| *word == MISSING) {
            Some(length) if length > 0 => &room[..length],
            _ => names.words(name),
        };
        Some((names, Named { name, words }))
    }

    /// How the names of two records relate; see `Household`.
    #[inline]
    pub fn relation(&self, a: u32, b: u32, found: &Alignment) -> usize {
        let aligned = found.exact + found.fuzzy + found.prefix;
        match (aligned, found.absent) {
            (0, _) => 0,
            (1, 0) => 4,
            (_, 0) if !self.given_names_differ(a, b) => 3,
            _ if self.surname[a as usize] == self.surname[b as usize] => 1,
            _ => 2,
        }
    }

    /// Whether two records have surnames that are the same, and given names that are not alike.
    fn given_names_differ(&self, a: u32, b: u32) -> bool {
        let of = |column: &[u32], record: u32| column[record as usize];
        let (x, y) = (of(&self.given, a), of(&self.given, b));
        let same_surname = of(&self.surname, a) == of(&self.surname, b);
        if x == y || x == MISSING || y == MISSING || !same_surname {
            return false;
        }
        let word = |part: u32| self.first_words[part as usize];
        self.names.as_ref().is_some_and(|names| !names.alike(word(x), word(y)))
    }

    /// The name of a comparison.
    pub fn comparison(&self, at: usize) -> &str {
        self.compared.get(at).map_or("name", |compared| &compared.name)
    }

    /// Whether two records may be one person at all.
    #[inline]
    pub fn admits(&self, a: u32, b: u32) -> bool {
        let (p, q) = (self.sources[a as usize], self.sources[b as usize]);
        p != q || !(self.across || self.distinct.get(usize::from(p)) == Some(&true))
    }

    /// How many pairs of records may be one person at all.
    pub fn possible_pairs(&self) -> u64 {
        let mut counts = vec![0_u64; self.sources.iter().max().map_or(0, |s| usize::from(*s) + 1)];
        self.sources.iter().for_each(|source| counts[usize::from(*source)] += 1);
        let pairs = |n: u64| n * n.saturating_sub(1) / 2;
        let once = |s: usize| self.across || self.distinct.get(s) == Some(&true);
        let refused: u64 =
            counts.iter().enumerate().filter(|(s, _)| once(*s)).map(|(_, n)| pairs(*n)).sum();
        pairs(self.len as u64) - refused
    }
}

/// Records in the order of the texts of their columns, the first first.
fn like_by_like(columns: [&Vec<u32>; 2], texts: &Texts, len: usize) -> Vec<u32> {
    let mut sorted: Vec<u32> = (0..texts.len() as u32).collect();
    sorted.par_sort_unstable_by_key(|text| texts.bytes(*text));
    let mut ranks = vec![0; sorted.len()];
    sorted.iter().enumerate().for_each(|(rank, text)| ranks[*text as usize] = rank as u32);
    let rank = |column: &Vec<u32>, record: usize| {
        let text = column.get(record).copied().unwrap_or(MISSING);
        ranks.get(text as usize).copied().unwrap_or(MISSING)
    };
    let key = |record: usize| {
        let [first, second] = columns;
        (rank(first, record), rank(second, record), record as u32)
    };
    let mut keyed: Vec<(u32, u32, u32)> = (0..len).map(key).collect();
    keyed.par_sort_unstable();
    keyed.into_iter().map(|(_, _, record)| record).collect()
}

fn rows(columns: &[Vec<u32>], names: Option<&Names>, len: usize) -> Vec<Row> {
    let row = |record: usize| {
        let mut numbers = [MISSING; MOST];
        numbers.iter_mut().zip(columns).for_each(|(number, column)| *number = column[record]);
        let width = columns.len();
        if let Some(names) = names.filter(|_| numbers[width - 1] != MISSING) {
            let words = names.words(numbers[width - 1]);
            let room = &mut numbers[width..];
            if words.len() < room.len() {
                room[..words.len()].copy_from_slice(words);
            }
        }
        Row { numbers }
    };
    (0..len).map(row).collect()
}

/// The names as they were read, before they are taken apart.
struct NameColumns {
    any: bool,
    texts: Texts,
    full: Vec<u32>,
    given: Vec<u32>,
    surname: Vec<u32>,
}

impl NameColumns {
    fn read(records: &Records, plan: &Plan) -> Result<NameColumns, Refusal> {
        let mut reading = Reading::default();
        let mut column = |role| {
            let field = plan.fields.iter().find(|field: &&Field| field.role == role);
            field.map_or(Ok(Vec::new()), |field| read(records, field, &mut reading))
        };
        let (full, given, surname) =
            (column(Role::FullName)?, column(Role::GivenName)?, column(Role::Surname)?);
        let any = plan.fields.iter().any(|field| field.role.is_name());
        Ok(NameColumns { any, texts: reading.texts.finish(), full, given, surname })
    }

    fn text(&self, column: &[u32], record: usize) -> Option<&str> {
        let value = column.get(record).copied().unwrap_or(MISSING);
        (value != MISSING).then(|| self.texts.text(value))
    }

    /// The name of each record: the full name, or else given name and surname.
    fn texts(&self) -> impl Iterator<Item = Option<Cow<'_, str>>> {
        let records = self.full.len().max(self.given.len()).max(self.surname.len());
        (0..records).map(|record| {
            if let Some(full) = self.text(&self.full, record) {
                return Some(Cow::Borrowed(full));
            }
            match (self.text(&self.given, record), self.text(&self.surname, record)) {
                (Some(given), Some(surname)) => Some(Cow::Owned(format!("{given} {surname}"))),
                (one, other) => one.or(other).map(Cow::Borrowed),
            }
        })
    }

    /// Given names and surnames; where a plan has neither, the first and the last word of the
    /// full name.
    fn parts(self) -> (Vec<u32>, Vec<u32>, Texts) {
        if !(self.given.is_empty() && self.surname.is_empty()) {
            let all = self.given.len().max(self.surname.len());
            let fill = |column: Vec<u32>| match column.is_empty() {
                true => vec![MISSING; all],
                false => column,
            };
            return (fill(self.given), fill(self.surname), self.texts);
        }
        let mut interner = Interner::default();
        let mut ends = |value: &u32| {
            let text = if *value == MISSING { "" } else { self.texts.text(*value) };
            let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
            let first = words.next().map_or(MISSING, |word| interner.intern(word));
            (first, words.next_back().map_or(MISSING, |word| interner.intern(word)))
        };
        let (given, surname) = self.full.iter().map(&mut ends).unzip();
        (given, surname, interner.finish())
    }
}
