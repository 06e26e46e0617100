//! The distinct values of a field, numbered in the order of the records that bear them, so that
//! no number depends on the order in which a column was read; and what comparing them needs.

use rustc_hash::FxHashMap;

use super::mailboxes::Mailboxes;
use super::normal::{area, outward, text_of, words};
use super::plan::{Field, Role};
use super::sets::{Reading, Sets};
use crate::linkage::texts::{Interner, Texts};
use crate::linkage::{MISSING, Records, Refusal};
use crate::text::Signature;

/// A field read: for each record the number of its value, and the values.
pub(super) struct Read {
    pub of: Vec<u32>,
    pub texts: Texts,
    pub sets: Sets,
}

/// Reads a field. Equal values have equal numbers, in the order of first records.
pub(super) fn read(
    records: &Records,
    field: &Field,
    reading: &mut Reading,
) -> Result<Vec<u32>, Refusal> {
    let mut columns = Vec::with_capacity(field.columns.len());
    for name in &field.columns {
        let unknown = || Refusal::new(format!("there is no column {name}")).at(|| place(field));
        columns.push(records.column(name).ok_or_else(unknown)?);
    }
    let [column] = columns.as_slice() else {
        let join = |record: usize| {
            let value = |column: &&crate::linkage::Column| {
                text_of(&column.values.value(column.ids[record]))
            };
            columns.iter().filter_map(value).collect::<Vec<_>>().join(" ")
        };
        let number = |record| reading.text(field.role, &join(record));
        return Ok((0..records.len()).map(number).collect());
    };
    let mut known = vec![None; column.values.len()];
    let texts = column.values.texts();
    let mut of = Vec::with_capacity(records.len());
    for id in column.ids.iter() {
        of.push(match (known.get(*id as usize), texts) {
            (None, _) => MISSING,
            (Some(Some(number)), _) => *number,
            (Some(None), Some(texts)) => reading.text(field.role, texts.text(*id)),
            (Some(None), None) => reading.value(field.role, &column.values.value(*id)),
        });
        if let Some(known) = known.get_mut(*id as usize) {
            *known = of.last().copied();
        }
    }
    Ok(of)
}

fn place(field: &Field) -> String {
    format!("field {}", field.name)
}

/// How a field that is no name is compared.
pub(super) enum Detail {
    /// `yyyymmdd` as bytes in a number, 0 for anything else.
    Dates(Vec<u64>),
    Postcodes {
        outward: Vec<u32>,
        area: Vec<u32>,
    },
    Words(Words),
    Emails(Mailboxes),
    Numbers,
}

/// The words of each value.
pub(super) struct Words {
    starts: Vec<u32>,
    /// Ascending within a value.
    words: Vec<u32>,
    /// For each word whether few records have it.
    rare: Vec<bool>,
}

/// A word that fewer records than this share of all have is telling (recipe, section 2).
const RARE: f64 = 0.05;

/// Words of which a value is more than a part of what others say.
const FEW: usize = 3;

/// The distinct values of a field. What is known of a value is known of each element of a set.
pub(super) struct Values {
    pub texts: Texts,
    pub sets: Sets,
    /// -log2 of the share of records with the value: its own u.
    surprise: Vec<f32>,
    pub signatures: Vec<Signature>,
    pub detail: Detail,
}

impl Values {
    pub fn new(role: Role, read: Read) -> (Vec<u32>, Values) {
        let Read { of, texts, sets } = read;
        let mut counts = vec![0_u32; texts.len()];
        for value in &of {
            sets.elements(value).iter().for_each(|element| counts[*element as usize] += 1);
        }
        let present = of.iter().filter(|value| **value != MISSING).count() as u32;
        let share = |count: &u32| -(f64::from(*count) / f64::from(present)).log2() as f32;
        let all = || 0..texts.len() as u32;
        let values = Values {
            surprise: counts.iter().map(share).collect(),
            signatures: all().map(|v| Signature::new(texts.bytes(v))).collect(),
            detail: Detail::new(role, &texts, &counts, present),
            texts,
            sets,
        };
        (of, values)
    }

    /// Whether two values are equal, or sets that share an element.
    #[inline]
    pub fn meet(&self, a: u32, b: u32) -> bool {
        a == b || !self.sets.are_single(a, b) && self.sets.shared(&a, &b).next().is_some()
    }

    /// The surprise of two values that meet: that of the rarest element that they share.
    #[inline]
    pub fn surprise(&self, a: u32, b: u32) -> f32 {
        match self.sets.are_single(a, b) {
            true => self.surprise[a as usize],
            false => {
                let shared = self.sets.shared(&a, &b);
                shared.fold(0.0, |most, element| most.max(self.surprise[element as usize]))
            }
        }
    }

    /// A value as text, the elements of a set one after another.
    pub fn text(&self, value: u32) -> String {
        let elements = self.sets.elements(&value).iter();
        elements.map(|element| self.texts.text(*element)).collect::<Vec<_>>().join(", ")
    }
}

impl Detail {
    fn new(role: Role, texts: &Texts, counts: &[u32], present: u32) -> Detail {
        match role {
            Role::Date => {
                Detail::Dates((0..texts.len() as u32).map(|v| packed(texts, v)).collect())
            }
            Role::Postcode => {
                Detail::Postcodes { outward: parts(texts, outward), area: parts(texts, area) }
            }
            Role::Email => Detail::Emails(Mailboxes::new(texts)),
            Role::Phone | Role::Identifier => Detail::Numbers,
            _ => Detail::Words(Words::new(texts, counts, present)),
        }
    }
}

fn packed(texts: &Texts, value: u32) -> u64 {
    match <[u8; 8]>::try_from(texts.bytes(value)) {
        Ok(digits) if digits.iter().all(u8::is_ascii_digit) => u64::from_be_bytes(digits),
        _ => 0,
    }
}

/// For each text the number of a part of it; equal parts have equal numbers.
pub(super) fn parts(texts: &Texts, part: impl Fn(&str) -> &str) -> Vec<u32> {
    let mut interner = Interner::default();
    (0..texts.len() as u32).map(|value| interner.intern(part(texts.text(value)))).collect()
}

impl Words {
    fn new(texts: &Texts, counts: &[u32], present: u32) -> Words {
        let mut known: FxHashMap<String, u32> = FxHashMap::default();
        let mut bearers: Vec<u64> = Vec::new();
        let (mut starts, mut all) = (vec![0], Vec::new());
        for (value, count) in counts.iter().enumerate() {
            let from = all.len();
            for word in words(texts.text(value as u32), usize::MAX) {
                let next = known.len() as u32;
                let word = *known.entry(word).or_insert(next);
                bearers.resize(known.len(), 0);
                bearers[word as usize] += u64::from(*count);
                all.push(word);
            }
            all[from..].sort_unstable();
            starts.push(all.len() as u32);
        }
        let rare = |bearers: &u64| (*bearers as f64) < RARE * f64::from(present);
        Words { starts, words: all, rare: bearers.iter().map(rare).collect() }
    }

    fn of(&self, value: u32) -> &[u32] {
        let value = value as usize;
        &self.words[self.starts[value] as usize..self.starts[value + 1] as usize]
    }

    /// Whether one of two values has all words of the other, of which there are a few: a street
    /// with and without the number of the flat.
    pub fn contain(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.of(a), self.of(b));
        let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        few.len() >= FEW && few.iter().all(|word| many.binary_search(word).is_ok())
    }

    /// Whether two values share a word, and whether a rare one.
    pub fn shared(&self, a: u32, b: u32) -> (bool, bool) {
        let (a, b) = (self.of(a), self.of(b));
        let (mut any, mut rare) = (false, false);
        let (mut x, mut y) = (0, 0);
        while x < a.len() && y < b.len() {
            if a[x] == b[y] {
                any = true;
                rare |= self.rare[a[x] as usize];
            }
            let (p, q) = (a[x], b[y]);
            x += usize::from(p <= q);
            y += usize::from(q <= p);
        }
        (any, rare)
    }
}
