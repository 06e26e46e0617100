//! Fields of which a record may have several values: two e-mail addresses, three telephones. Such
//! a value is a set of elements; one that stands alone is its own only element.

use rustc_hash::FxHashMap;

use super::normal::{normal, text_of};
use super::plan::Role;
use super::values::Read;
use crate::condition::Value;
use crate::linkage::MISSING;
use crate::linkage::texts::Interner;

/// The elements of values, by number: those of single values first, then those of sets.
pub(super) struct Sets {
    /// How many elements there are; each is a value by itself.
    singles: u32,
    /// Value `singles + i` has the elements `elements[starts[i]..starts[i + 1]]`, ascending.
    starts: Vec<u32>,
    elements: Vec<u32>,
}

impl Sets {
    /// The elements of a value, ascending; `MISSING` has none.
    #[inline]
    pub fn elements<'a>(&'a self, value: &'a u32) -> &'a [u32] {
        if *value < self.singles {
            return std::slice::from_ref(value);
        }
        let set = (*value - self.singles) as usize;
        match self.starts.get(set..set + 2) {
            Some(range) => &self.elements[range[0] as usize..range[1] as usize],
            None => &[],
        }
    }

    /// Whether both of two values stand alone.
    #[inline]
    pub fn are_single(&self, a: u32, b: u32) -> bool {
        a.max(b) < self.singles
    }

    /// The elements that two values share.
    pub fn shared<'a>(&'a self, a: &'a u32, b: &'a u32) -> impl Iterator<Item = u32> + 'a {
        let other = self.elements(b);
        let is_shared = move |element: &u32| other.binary_search(element).is_ok();
        self.elements(a).iter().copied().filter(is_shared)
    }

    /// How many different parts two values share, where elements have parts.
    #[inline]
    pub fn shared_parts(&self, parts: &[u32], a: u32, b: u32) -> u32 {
        if self.are_single(a, b) {
            return u32::from(parts[a as usize] == parts[b as usize]);
        }
        let other = self.parts(parts, b);
        self.parts(parts, a).iter().filter(|part| other.contains(part)).count() as u32
    }

    /// The parts of the elements of a value, each once, ascending.
    pub fn parts(&self, parts: &[u32], value: u32) -> Vec<u32> {
        let elements = self.elements(&value).iter();
        let mut found: Vec<u32> = elements.map(|element| parts[*element as usize]).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Marks the number of a set while it is not known how many elements there will be.
const SET: u32 = 1 << 31;

/// Numbers the values of a field as they come.
#[derive(Default)]
pub(super) struct Reading {
    pub texts: Interner,
    sets: FxHashMap<Vec<u32>, u32>,
    starts: Vec<u32>,
    elements: Vec<u32>,
}

impl Reading {
    /// The number of a text as it is compared; `MISSING` if nothing is left of it.
    pub fn text(&mut self, role: Role, text: &str) -> u32 {
        normal(role, text).map_or(MISSING, |text| self.texts.intern(&text))
    }

    /// The number of a value, of a list that of the set of its elements. Of names there is one.
    pub fn value(&mut self, role: Role, value: &Value) -> u32 {
        match value {
            Value::List(items) if !role.is_name() => self.set(role, items),
            _ => text_of(value).map_or(MISSING, |text| self.text(role, &text)),
        }
    }

    fn set(&mut self, role: Role, items: &[Value]) -> u32 {
        let texts = items.iter().filter_map(text_of);
        let mut set: Vec<u32> = texts.map(|text| self.text(role, &text)).collect();
        set.retain(|element| *element != MISSING);
        set.sort_unstable();
        set.dedup();
        if let [] | [_] = set.as_slice() {
            return set.first().copied().unwrap_or(MISSING);
        }
        let next = SET | self.sets.len() as u32;
        *self.sets.entry(set).or_insert_with_key(|set| {
            self.starts.push(self.elements.len() as u32);
            self.elements.extend_from_slice(set);
            next
        })
    }

    /// The values, given for each record the number it got.
    pub fn finish(mut self, mut of: Vec<u32>) -> Read {
        let texts = self.texts.finish();
        let singles = texts.len() as u32;
        let is_set = |value: &&mut u32| **value != MISSING && **value & SET != 0;
        of.iter_mut().filter(is_set).for_each(|value| *value = singles + (*value & !SET));
        self.starts.push(self.elements.len() as u32);
        Read { of, texts, sets: Sets { singles, starts: self.starts, elements: self.elements } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(texts: &[&str]) -> Value {
        Value::List(texts.iter().map(|text| Value::Text((*text).into())).collect())
    }

    #[test]
    fn lists_are_sets_of_their_different_elements() {
        let mut reading = Reading::default();
        let mut number = |texts: &[&str]| reading.value(Role::Phone, &list(texts));
        let of = [
            number(&["1", "2"]),
            number(&["3"]),
            number(&[" 2", "1", "1"]),
            number(&["", " "]),
            number(&["3", "1"]),
        ];
        let Read { of, texts, sets } = reading.finish(of.to_vec());
        assert_eq!((texts.len(), of.as_slice()), (3, [3, 2, 3, MISSING, 4].as_slice()));
        let elements: Vec<&[u32]> = of.iter().map(|value| sets.elements(value)).collect();
        assert_eq!(elements, [[0, 1].as_slice(), &[2], &[0, 1], &[], &[0, 2]]);
        assert_eq!(sets.shared(&of[0], &of[4]).collect::<Vec<_>>(), [0]);
        assert!(sets.are_single(0, 2) && !sets.are_single(0, 3));
    }

    #[test]
    fn elements_of_one_part_share_it_once() {
        let mut reading = Reading::default();
        let of = vec![
            reading.value(Role::Date, &list(&["1980-01-01", "1980-02-02", "1990-01-01"])),
            reading.value(Role::Date, &list(&["1980-03-03", "1980-04-04"])),
        ];
        let Read { of, sets, .. } = reading.finish(of);
        let years = [0, 0, 1, 0, 0];
        assert_eq!(sets.parts(&years, of[0]), [0, 1]);
        assert_eq!(sets.shared_parts(&years, of[0], of[1]), 1);
    }
}
